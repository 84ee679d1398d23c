#include "report/explain_report.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>

#include "analysis/element.h"
#include "base/plural.h"
#include "io/json.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

std::string index_text(const std::vector<std::int64_t>& index) { return fmt::format("[{}]", fmt::join(index, ",")); }

/// The rule's method and ties, and each parameter that differs from its default.
std::string rule_text(const RequantizeRule& rule) {
  std::string text(name(rule.method));
  const RequantizeRule plain;
  const auto add = [&](bool differs, std::string_view what) {
    if (differs) text += fmt::format(", {}", what);
  };
  if (rule.method == RequantizeRule::Method::kSignificand) text += fmt::format(" of {} bits", rule.multiplier_bits);
  text += fmt::format(", ties {}", name(rule.rounding));
  add(rule.scale != plain.scale, fmt::format("scale in {}", name(rule.scale)));
  add(rule.product_bits != 0, fmt::format("product of {} bits", rule.product_bits));
  add(rule.guard_bits != RequantizeRule::kAllGuardBits, fmt::format("{} guard bits", rule.guard_bits));
  add(rule.zero_point_first, "zero point first");
  add(rule.zero_point_in_accumulator, "zero point in the accumulator");
  add(rule.accumulator_bits != 32, fmt::format("{}-bit register", rule.accumulator_bits));
  return text;
}

/// M of one channel: an integer and a power of two, or a number.
Json multiplier_json(const RequantizeRule& rule, const EffectiveMultiplier& m) {
  const MultiplierIntegers integers = multiplier_integers(rule, m);
  if (integers.bits == 0) return {{"value", integers.real}};
  return {
      {"value", integers.real}, {"mantissa", integers.mantissa}, {"shift", integers.shift}, {"bits", integers.bits}};
}

std::string real_text(double value) { return fmt::format("{:.9g}", value); }

std::string side_text(const Explanation::Side& side, char letter, const TensorSpec& output) {
  std::string text = fmt::format("\n{} = {}", letter, side.profile);
  if (side.rules != side.profile) text += fmt::format(", whose delegate rejects this op: computed by {}", side.rules);
  text += fmt::format("\n  {}\n", side.rule);
  const auto row = [&](std::string_view what, const std::string& decimal_value, const std::string& binary_value) {
    text += fmt::format("  {:<46} {:>24}{}{}\n", what, decimal_value, binary_value.empty() ? "" : "  ", binary_value);
  };
  if (side.step) text += fmt::format("  {}\n", rule_text(side.step->rule));
  for (const TraceStep& s : side.trace.steps()) row(s.what, decimal(s), binary(s));
  if (side.trace.steps().empty()) row("quantized value", real_text(side.code), "");
  if (output.quantization.per_tensor()) row("as a real number", real_text(side.real), "");
  if (side.end_to_end != side.code) row("the accumulated value, from its own inputs", real_text(side.end_to_end), "");
  return text;
}

/// Which inputs B has otherwise than A, where each runs on its own.
std::string above_text(const Explanation& e) {
  std::string text;
  for (const Explanation::Above& input : e.above)
    text += fmt::format("  {}: {} of the {} that count here differ ('{}')\n",
                        input.maker ? fmt::format("op {} {}", *input.maker, input.maker_op) : "the model's input",
                        input.differing, counted(input.all, "value"), shortened(input.name, kNameColumns));
  return text;
}

/// Of an element that is the same on A's inputs: whether it also is where each side runs on its own.
std::string agreement_text(const Explanation& e) {
  const double a = e.sides[0].end_to_end, b = e.sides[1].end_to_end;
  if (!differ(a, b)) return "\nA and B agree on this element.\n";
  return fmt::format(
      "\nOn A's inputs this op gives the same on both sides. Each on its own, A has {} and B {}: the difference comes "
      "from above:\n{}Without --layer and --index, explain takes the first layer that differs by itself.\n",
      real_text(a), real_text(b), above_text(e));
}

/// The steps from A's code to B's that move it; the first is the cause.
std::string comparison_text(const Explanation& e) {
  if (!e.cause) return agreement_text(e);
  std::string text = fmt::format("\nA and B diverge at: {}\n", name(*e.cause));
  const auto row = [&](const std::string& what, double code) {
    text += fmt::format("  {:<46} {:>24}\n", what, real_text(code));
  };
  double before = e.sides[0].code;
  row("A's rule", before);
  std::set<std::string_view> moved, still;
  for (const auto& [cause, code, by_method] : e.path) {
    const bool moves = differ(code, before);
    (moves ? moved : still).insert(name(cause));
    if (moves) row(fmt::format("then B's {}: {}", by_method ? "method" : "step", name(cause)), code);
    before = code;
  }
  std::erase_if(still, [&](std::string_view cause) { return moved.contains(cause); });
  if (!still.empty()) text += fmt::format("  B's other steps change nothing here: {}\n", fmt::join(still, ", "));
  if (!e.above.empty()) text += "Each on its own, B also has other inputs than A:\n" + above_text(e);
  return text;
}

}  // namespace

std::string explanation_text(const Explanation& e, std::size_t products) {
  const TensorSpec& out = e.output;
  std::string text =
      fmt::format("op {} {}, output '{}' {} {}, element {}\n", e.node.index, e.op, shortened(out.name, kNameColumns),
                  name(out.type), to_string(out.shape), index_text(e.index));
  if (out.quantization.per_tensor())
    text += fmt::format("scale {:.9g}, zero point {}\n", out.scale(), out.zero_point());
  if (!e.products.empty()) {
    const std::size_t shown = std::min(products, e.products.size());
    text += fmt::format(
        "\n(quantized value - zero point) of '{}' times weight of '{}'; the {} largest of {} products:\n",
        shortened(e.input_name, kNameColumns), shortened(e.weight_name, kNameColumns), shown, e.products.size());
    std::int64_t rest = 0;
    for (std::size_t i = 0; i < e.products.size(); ++i) {
      const auto& p = e.products[i];
      if (i < shown) {
        text += fmt::format("  {:>16} {:>6}  *  {:>16} {:>5}  = {:>9}\n", index_text(p.input), p.code,
                            index_text(p.weight), p.factor, p.value());
      } else {
        rest += p.value();
      }
    }
    text += fmt::format("  {:<50} = {:>9}\n", fmt::format("the other {}", e.products.size() - shown), rest);
    text += fmt::format("  {:<50} = {:>9}\n", "bias", e.bias);
  }
  if (!e.operands.empty()) text += '\n';
  const std::size_t listed = std::min(products, e.operands.size());
  for (const auto& operand : std::span(e.operands).first(listed))
    text += fmt::format("  '{}' {}: quantized value {}, as a real number {}\n", shortened(operand.name, kNameColumns),
                        index_text(operand.index), real_text(operand.code), real_text(operand.real));
  if (listed < e.operands.size()) text += fmt::format("  and {} more\n", e.operands.size() - listed);
  for (std::size_t s = 0; s < e.sides.size(); ++s)
    text += side_text(e.sides[s], static_cast<char>('A' + static_cast<int>(s)), out);
  if (e.sides.size() < 2) return text;
  return text + comparison_text(e);
}

std::string explanation_python(const Explanation& e) {
  std::string text;
  for (std::size_t s = 0; s < e.sides.size(); ++s) {
    const auto& side = e.sides[s];
    const std::string program = side.trace.python();
    if (program.empty()) continue;
    text +=
        fmt::format("{}# op {} {}, output '{}', element {}, as {} computes it\n{}", s == 0 ? "" : "\n", e.node.index,
                    e.op, shortened(e.output.name, kNameColumns), index_text(e.index), side.rules, program);
  }
  return text;
}

std::string explanation_json(const Explanation& e) {
  const TensorSpec& output = e.output;
  Json json{{"op", e.node.index},         {"type", e.op},          {"name", output.name},
            {"dtype", name(output.type)}, {"shape", output.shape}, {"index", e.index}};
  if (!e.products.empty()) {
    json["input"] = e.input_name, json["weights"] = e.weight_name, json["bias"] = e.bias;
    auto& products = json["products"] = Json::array();
    for (const auto& p : e.products) {
      products.push_back(
          {{"input", p.input}, {"weight", p.weight}, {"code", p.code}, {"factor", p.factor}, {"product", p.value()}});
    }
  }
  for (const auto& o : e.operands)
    json["operands"].push_back({{"name", o.name}, {"index", o.index}, {"code", o.code}, {"real", o.real}});
  const char* letters[] = {"a", "b"};
  for (std::size_t s = 0; s < e.sides.size(); ++s) {
    const auto& side = e.sides[s];
    auto& to = json[letters[s]] = {{"profile", side.profile}, {"rules", side.rules}, {"rule", side.rule},
                                   {"code", side.code},       {"real", side.real},   {"end_to_end", side.end_to_end}};
    if (!side.trace.steps().empty()) {
      auto& steps = to["steps"] = Json::array();
      for (const TraceStep& step : side.trace.steps())
        steps.push_back({{"what", step.what}, {"decimal", decimal(step, 40)}, {"binary", binary(step)}});
    }
    if (!side.step) continue;
    to["requantize"] = rule_text(side.step->rule);
    to["sum"] = side.sum, to["register"] = side.in_register;
    auto& multipliers = to["multipliers"] = Json::array();
    for (const EffectiveMultiplier& m : side.multipliers) multipliers.push_back(multiplier_json(side.step->rule, m));
  }
  for (const Explanation::Above& input : e.above) {
    json["above"].push_back({{"name", input.name}, {"differing", input.differing}, {"all", input.all}});
    if (input.maker) json["above"].back()["op"] = *input.maker;
  }
  if (e.cause) {
    json["cause"] = name(*e.cause);
    auto& path = json["path"] = Json::array();
    for (const auto& [cause, code, by_method] : e.path)
      path.push_back({{"step", name(cause)}, {"method", by_method}, {"code", code}});
  }
  return to_text(json);
}

}  // namespace nputwin::report
