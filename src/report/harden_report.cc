#include "report/harden_report.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/in_lines.h"
#include "base/plural.h"
#include "report/text.h"
#include "report/text_table.h"

namespace nputwin::report {
namespace {

std::string db(const std::optional<double>& value) { return value ? fmt::format("{:.2f} dB", *value) : "-"; }
std::string plain_db(const std::optional<double>& value) { return value ? fmt::format("{:.2f}", *value) : "-"; }

/// A relative change: "+0.43 %".
std::string change_text(double by) {
  constexpr double kSmall = 1e-4;
  return std::abs(by) < kSmall ? fmt::format("{:+.1g} %", 100 * by) : fmt::format("{:+.2f} %", 100 * by);
}

std::string proof_table(const HardenedModel& model) {
  TextTable table({{"equal to " + model.profiles[0] + " for all inputs", true}, {"ops before"}, {"after"}, {"of"}});
  for (const auto& pair : model.pairs) {
    table.add({pair.b, std::to_string(pair.before.count(ProofVerdict::kEqual)),
               std::to_string(pair.after.count(ProofVerdict::kEqual)), std::to_string(pair.after.ops.size())});
  }
  return table.text();
}

/// The rules of a proof that are assumed: what is proven rests on them.
std::string rests_on(const HardenedModel& model) {
  std::vector<std::string> assumed;
  for (const auto& pair : model.pairs) {
    for (const ProvenOp& op : pair.after.ops) {
      for (const auto& [rule, profile] : {std::pair{&op.rule_a, &pair.a}, std::pair{&op.rule_b, &pair.b}}) {
        if (rule->confidence != Confidence::kAssumed) continue;
        std::string text = fmt::format("{} of {}", name(rule->family), *profile);
        if (std::ranges::find(assumed, text) == assumed.end()) assumed.push_back(std::move(text));
      }
    }
  }
  if (assumed.empty()) return "";
  return fmt::format(
      "The proof takes the profiles' rules as they are. Some are assumed, not measured: {}. What evidence "
      "leaves open of them was met where that cost nothing: `nputwin prove --open` shows it.",
      fmt::join(assumed, ", "));
}

std::string ways_text(const LayerOutcome& layer) {
  static constexpr std::array<std::pair<ChannelWay, std::string_view>, 7> kWords{
      {{ChannelWay::kAsItWas, "as it was"},
       {ChannelWay::kScale, "scale"},
       {ChannelWay::kCodesFollow, "scale and codes"},
       {ChannelWay::kReRounded, "re-rounded"},
       {ChannelWay::kEvenWeights, "even weights"},
       {ChannelWay::kFewerSides, "not on all"},
       {ChannelWay::kLeft, "left"}}};
  std::string text;
  for (const auto& [way, word] : kWords) {
    if (layer.count(way) > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", layer.count(way), word);
  }
  return text;
}

std::string changes_table(const HardenedModel& model) {
  const Graph& graph = model.after->main();
  TextTable table({{"op"}, {"type", true}, {"output", true, 30}, {"what changed", true}, {"gain"}});
  std::map<std::size_t, std::vector<std::string>> rows;
  const auto row = [&](std::size_t n, std::string what, std::string gain) {
    const Node& node = graph.nodes[n];
    const std::string name = node.outputs.empty() || node.outputs[0] < 0 ? "" : graph.spec(node.outputs[0]).name;
    rows[n] = {std::to_string(n), node.op, name, std::move(what), std::move(gain)};
  };
  for (const ScaleOutcome& s : model.hardening.scales) {
    std::string what;
    for (const auto& moved : s.moved) {
      const auto& outputs = graph.nodes[s.node].outputs;
      const bool is_output = std::ranges::find(outputs, moved.tensor) != outputs.end();
      what += fmt::format("{}scale of {} {}", what.empty() ? "" : ", ",
                          is_output ? "output" : fmt::format("'{}'", shortened(graph.spec(moved.tensor).name, 24)),
                          change_text(moved.by));
    }
    if (!what.empty()) row(s.node, std::move(what), "");
  }
  for (const auto& [n, layer] : model.hardening.layers) {
    const auto changed = std::span(layer.channels).subspan(static_cast<std::size_t>(ChannelWay::kScale));
    if (std::ranges::all_of(changed, [](std::size_t channels) { return channels == 0; })) continue;
    row(n, "channels: " + ways_text(layer), layer.most_gain > 0 ? fmt::format("{:.1e}", layer.most_gain) : "");
  }
  if (rows.empty()) return "Nothing had to change.\n";
  for (auto& [n, cells] : rows) table.add(std::move(cells));
  return table.text();
}

std::string averages_text(const HardenedModel& model) {
  if (model.averages.empty()) return "";
  const Graph& graph = model.before->main();
  std::string ops;
  for (const std::size_t n : model.averages)
    ops += fmt::format("{}{} {}", ops.empty() ? "" : ", ", n, graph.nodes[n].op);
  return fmt::format("Written as DEPTHWISE_CONV_2D, since an average has ties that no scale moves: op {}.\n", ops);
}

std::string biases_text(const HardenedModel& model) {
  if (model.biases.empty()) return "";
  return fmt::format("Given a bias, whose parity keeps sums off the ties: op {}.\n", fmt::join(model.biases, ", "));
}

std::string passed_text(const HardenedModel& model, std::size_t columns) {
  double most = 0;
  for (const auto& [t, gains] : model.hardening.passed) {
    for (const double gain : gains) most = std::max(most, std::abs(gain - 1));
  }
  if (most == 0) return "";
  return in_lines(fmt::format("Between a layer and the depthwise layer that takes it back, channels of {} count up to "
                              "{:.1e} more or less than their scale says.",
                              counted(model.hardening.passed.size(), "tensor"), most),
                  columns, 0);
}

std::string left_text(const HardenedModel& model, std::size_t columns) {
  std::string text;
  for (const LeftOp& op : model.left) {
    const OpProof& p = op.proof;
    std::string found =
        p.differing == 0
            ? fmt::format("none of {} values tried differ, which proves nothing", p.arguments)
            : fmt::format("{} of {} {} differ, by {:.6g} at most{}", p.differing, p.arguments,
                          is_by_values(p.by) ? "that can be" : "values tried", is_by_values(p.by) ? p.bound : p.largest,
                          is_by_values(p.by) ? "" : " as far as was tried");
    text += in_lines(fmt::format("op {} {} '{}' may differ from {}: {}; {}.", op.node, op.op,
                                 shortened(op.name, kNameColumns), fmt::join(op.sides, ", "), op.why, found),
                     columns, 4, "  ");
  }
  return text;
}

std::string price_text(const HardenedModel& model) {
  if (!model.price) return "";
  const ModelPrice& price = *model.price;
  std::string text =
      fmt::format("Price on {}{}, by {}; control: the file as it was, by {}.\n", counted(price.samples, "sample"),
                  model.chosen_inputs ? "" : " of noise, as no --input was given", price.reference, price.control);
  TextTable table({{"", true, 40},
                   {"dB to numbers"},
                   {"after"},
                   {"loss"},
                   {"control's"},
                   {"dB to file"},
                   {"control's"},
                   {"cosine"},
                   {"control's"},
                   {"same top"},
                   {"control's"}});
  const auto row = [&](const std::string& name, const TensorPrice& t) {
    const auto count = static_cast<double>(std::max<std::size_t>(t.cosines, 1));
    const auto share = [&](std::size_t same) { return fmt::format("{}/{}", same, price.samples); };
    table.add({name, plain_db(t.before.sqnr()), plain_db(t.after.sqnr()), plain_db(t.loss()),
               plain_db(t.control_loss()), plain_db(t.after_to_before.sqnr()), plain_db(t.control_to_before.sqnr()),
               t.cosines == 0 ? "-" : fmt::format("{:.5f}", t.cosine_after / count),
               t.cosines == 0 ? "-" : fmt::format("{:.5f}", t.cosine_control / count), share(t.same_top_after),
               share(t.same_top_control)});
  };
  for (const int output : price.outputs)
    row("output '" + shortened(model.before->main().spec(output).name, 30) + "'", *price.of(output));
  if (!price.outputs.empty()) text += table.text();
  if (price.no_numbers.empty()) {
    text += fmt::format("Median over {}: loss {}, control's {}.\n", counted(price.tensors.size(), "tensor"),
                        db(price.median_loss()), db(price.median_control_loss()));
  } else {
    text += fmt::format("No loss beside the network in numbers: {}.\n", price.no_numbers);
  }
  return text;
}

std::string templates_text(const HardenedModel& model, std::size_t columns) {
  if (!model.price || !model.price->templates || !model.chosen_inputs) return "";
  const TemplateDrift& t = *model.price->templates;
  const bool is_near = t.after <= 1.25 * t.control;
  return in_lines(
      fmt::format(
          "If '{}' is an embedding: it moves by {} of the median distance between two samples; the control moves "
          "by {}. {}",
          shortened(model.before->main().spec(t.tensor).name, kNameColumns), share_text(100 * t.after / t.spread),
          share_text(100 * t.control / t.spread),
          is_near ? "Templates that were enrolled with the file are as good on the hardened one as they were on "
                    "the other device: keep them, or enrol again to have them equal on all."
                  : "That is farther than the other device was: enrol again, or try your threshold on "
                    "templates of the file first."),
      columns, 0);
}

std::string steps_text(const HardenedModel& model) {
  if (model.steps.size() < 2) return "";
  TextTable table({{fmt::format("with each profile added to {}, on {}", model.profiles[0],
                                counted(model.steps.back().samples, "sample")),
                    true},
                   {"median loss"},
                   {"at the outputs"},
                   {"dB to file"},
                   {"channels re-rounded"},
                   {"even"},
                   {"left"},
                   {"of"},
                   {"", true}});
  for (const PriceStep& s : model.steps) {
    table.add({s.added, plain_db(s.median_loss), plain_db(s.output_loss), plain_db(s.output_to_before),
               std::to_string(s.re_rounded), std::to_string(s.even_weights), std::to_string(s.left),
               std::to_string(s.channels), s.kept ? "" : "not taken"});
  }
  return table.text();
}

std::string size_text(const HardenedModel& model) {
  const ModelSize &b = model.size_before, &a = model.size_after;
  std::string text = fmt::format("Ops {} -> {}, products {} -> {}, bytes {} -> {}.\n", b.ops, a.ops, b.products,
                                 a.products, b.bytes, a.bytes);
  if (model.claimed) {
    const ClaimedOps& c = *model.claimed;
    text += fmt::format("The delegate of {} claims {} of them -> {}{}.\n", c.placement, c.before, c.after,
                        c.lost.empty() ? "" : fmt::format("; no longer: ops {}", fmt::join(c.lost, ", ")));
  }
  return text;
}

std::string next_text(const HardenedModel& model, const std::string& program, std::size_t columns) {
  if (model.left.empty())
    return in_lines("All ops are equal on all of these profiles, for all inputs: so is the whole model.", columns, 0);
  if (!model.claimed) return "";
  std::string patterns;
  for (const LeftOp& op : model.left) {
    if (!op.on_cpu.empty() && patterns.find("--on-cpu " + op.on_cpu) == std::string::npos)
      patterns += " --on-cpu " + op.on_cpu;
  }
  if (patterns.empty()) return "";
  const std::string& placement = model.claimed->placement;
  return in_lines(fmt::format("What is left can stay on the CPU: the NPU and that CPU then have one arithmetic for it. "
                              "Keep the delegate from it, and compare by"),
                  columns, 0) +
         fmt::format("  {} diff {} --a {} --b '{}'{} --input …\n", program, model.written,
                     placement.substr(placement.rfind('+') + 1), placement, patterns);
}

std::string model_text(const HardenedModel& m, const std::string& program, std::size_t columns) {
  std::string text = fmt::format("{} -> {}\n", m.path, m.written);
  text += in_lines(fmt::format("for {}", fmt::join(m.profiles, ", ")), columns, 2);
  text += "\n" + proof_table(m) + (rests_on(m).empty() ? "" : in_lines(rests_on(m), columns, 0));
  if (!m.left.empty()) text += "\nLeft:\n" + left_text(m, columns);
  text += "\n" + averages_text(m) + biases_text(m) + changes_table(m) + passed_text(m, columns);
  text += "\n" + price_text(m) + templates_text(m, columns);
  if (m.steps.size() > 1) text += "\n" + steps_text(m);
  text += "\n" + size_text(m) + next_text(m, program, columns);
  return text;
}

}  // namespace

std::string harden_text(const Hardened& hardened, const std::string& program, std::size_t columns) {
  std::string text;
  for (const HardenedModel& model : hardened.models)
    text += (text.empty() ? "" : "\n") + model_text(model, program, columns);
  return text;
}

}  // namespace nputwin::report
