#include "report/nearest_report.h"

#include <algorithm>
#include <map>

#include "base/in_lines.h"
#include "base/plural.h"
#include "io/json.h"
#include "profile/profile.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

std::string output_text(const DifferenceStats& stats) {
  if (stats.elements() == 0) return "-";
  if (stats.mismatches() == 0) return "equal";
  const auto db = stats.sqnr_db();
  return fmt::format("{} differ{}", share_text(100 * stats.mismatch_rate()), db ? fmt::format(", {:.1f} dB", *db) : "");
}

/// A line for each of the model's outputs.
std::string output_lines(const Nearest& found, const std::vector<DifferenceStats>& outputs) {
  const Graph& graph = found.model->main();
  std::string text;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const std::string name = graph.outputs[k] < 0 ? "" : graph.spec(graph.outputs[k]).name;
    text += fmt::format("  output '{}': {}\n", shortened(name, 30), output_text(outputs[k]));
  }
  return text;
}

/// Most of the chip's work moves.
bool is_spread(const OnCpu& found) { return 2 * found.moved_products > found.products; }

std::string isolated_text(const SideDistance& d) {
  const std::int64_t mismatches = d.isolated_mismatches();
  if (mismatches == 0) return "none";
  return fmt::format("{} of {:.3g}", mismatches, static_cast<double>(d.isolated_elements));
}

/// "CONV_2D 101, ADD 33,899": the types of ops whose values differ by themselves.
std::string differing_ops(const Nearest& found, const SideDistance& d) {
  std::map<std::string, std::int64_t> by_type;
  for (std::size_t node = 0; node < d.isolated.size(); ++node) {
    if (d.isolated[node] > 0) by_type[found.model->main().nodes[node].op] += d.isolated[node];
  }
  std::vector<std::pair<std::string, std::int64_t>> types(by_type.begin(), by_type.end());
  std::ranges::stable_sort(types, std::greater<>(), &std::pair<std::string, std::int64_t>::second);
  std::string text;
  for (const auto& [type, count] : types) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", type, count);
  return text;
}

std::string advice(const Nearest& found) {
  const NearBuilds& best = found.builds.front();
  const SideDistance& d = best.distance;
  const std::string& name = best.profiles.front();
  std::string use = name;
  for (const Profile& profile : builtin_profiles()) {
    if (profile.name == name) use += fmt::format(" ({})", profile.summary);
  }
  if (d.output_mismatches() == 0)
    return fmt::format("Use {}. Its outputs equal {}'s on {}; other inputs may differ.", use, found.to,
                       found.samples == 1 ? "this input" : fmt::format("these {} inputs", found.samples));
  if (!found.any_near() && found.builds.size() == 1)
    return "All of them give one outcome: there is nothing to choose between.";
  if (!found.any_near()) {
    const auto db = d.least_sqnr_db(), worst = found.builds.back().distance.least_sqnr_db();
    return fmt::format("No build is near: {}. The choice of a build changes little; only a change of the model would.",
                       db && worst && found.builds.size() > 1
                           ? fmt::format("{:.1f} dB lie between the best and the worst of them at the outputs, which "
                                         "is no more than chance",
                                         *db - *worst)
                           : "all are as far from it");
  }
  return fmt::format(
      "Use {}. It is nearest, not equal: a few values that differ in one layer spread over the layers behind it, so in "
      "a deep model even the nearest build ends with many.",
      use);
}

/// "63 AVERAGE_POOL_2D, 64 SOFTMAX"
std::string ops_text(const Graph& graph, const std::vector<std::size_t>& nodes) {
  std::string text;
  for (const std::size_t node : nodes)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", node, graph.nodes[node].op);
  return text;
}

/// The share of the chip's products that leave it.
std::string share_of_products(const OnCpu& found) {
  if (found.products == 0) return "none";
  return share_text(100 * static_cast<double>(found.moved_products) / static_cast<double>(found.products));
}

std::string taken_over_text(const Nearest& found, std::size_t columns) {
  const auto& [limit, on_cpu, command] = *found.taken_over;
  const std::string& cpu = found.builds.front().profiles.front();
  std::string text = fmt::format("\n{} beside {}, until {}:\n", found.to, cpu, limit);
  if (on_cpu.stopped && on_cpu.moved.nodes.empty()) return text + "  the search was interrupted before it found any\n";
  if (on_cpu.moved.nodes.empty()) {
    text += on_cpu.differing.empty() ? "  no op of the chip differs from the CPU's by itself on these inputs\n"
                                     : "  the outputs keep that with every op on the chip\n";
    return text;
  }
  const std::size_t moved = on_cpu.moved.nodes.size(), differing = on_cpu.differing.size();
  const std::string of = differing == 1 ? "the only op that differs by itself"
                                        : fmt::format("{} of the {} ops that differ by themselves", moved, differing);
  text += in_lines(fmt::format("move to the CPU: {} ({})", ops_text(found.model->main(), on_cpu.moved.nodes), of),
                   columns, 4, "  ");
  text += fmt::format("  multiply-accumulates that leave the chip: {}\n", share_of_products(on_cpu));
  text += output_lines(found, on_cpu.moved.outputs);
  if (is_spread(on_cpu))
    text += in_lines(
        "The cause is spread over the model: most of the chip's work would move to the CPU. That is no cure; only "
        "another build or a change of the model is.",
        columns, 0);
  return text + "compare: " + command + "\n";
}

}  // namespace

std::string nearest_text(const Nearest& found, const std::string& program, std::size_t columns) {
  std::string text =
      in_lines(fmt::format("Distance from {} of {}, on {}", found.to, counted(found.builds.size(), "distinct outcome"),
                           counted(found.samples, "input")),
               columns, 0);
  for (const NearBuilds& builds : found.builds) {
    text += "\n" + in_lines(fmt::format("{}", fmt::join(builds.profiles, ", ")), columns, 2);
    text += output_lines(found, builds.distance.outputs);
    text += fmt::format("  isolated mismatches: {}\n", isolated_text(builds.distance));
  }
  std::map<std::string, std::vector<std::string>> refused;
  for (const auto& [profile, why] : found.refused) refused[why].push_back(profile);
  for (const auto& [why, profiles] : refused)
    text += "\n" + in_lines(fmt::format("not run by {}: {}", fmt::join(profiles, ", "), why), columns, 2);
  if (found.builds.empty()) return text;
  const SideDistance& d = found.builds.front().distance;
  text += "\n" + in_lines(advice(found), columns, 0);
  if (d.isolated_mismatches() > 0)
    text += in_lines("What stays different, by op: " + differing_ops(found, d) + ".", columns, 0);
  text += fmt::format("next: {} prove {} --for {},{}\n", program, found.model->path,
                      found.builds.front().profiles.front(), found.to);
  if (found.taken_over) text += taken_over_text(found, columns);
  return text;
}

namespace {

Json outputs_json(const Graph& graph, const std::vector<DifferenceStats>& of_outputs) {
  Json outputs = Json::array();
  for (std::size_t k = 0; k < of_outputs.size(); ++k) {
    const DifferenceStats& stats = of_outputs[k];
    const auto db = stats.sqnr_db();
    outputs.push_back({{"name", graph.outputs[k] < 0 ? "" : graph.spec(graph.outputs[k]).name},
                       {"elements", stats.elements()},
                       {"mismatches", stats.mismatches()},
                       {"largest", stats.largest()},
                       {"sqnr_db", db ? Json(*db) : Json()}});
  }
  return outputs;
}

}  // namespace

std::string nearest_json(const Nearest& found) {
  Json json{{"to", found.to}, {"samples", found.samples}, {"any_near", found.any_near()}};
  auto& rows = json["builds"] = Json::array();
  const Graph& graph = found.model->main();
  for (const NearBuilds& builds : found.builds) {
    const SideDistance& d = builds.distance;
    Json row{{"profiles", builds.profiles},
             {"isolated", {{"mismatches", d.isolated_mismatches()}, {"elements", d.isolated_elements}}}};
    row["outputs"] = outputs_json(graph, d.outputs);
    rows.push_back(std::move(row));
  }
  auto& refused = json["refused"] = Json::array();
  for (const auto& [profile, why] : found.refused) refused.push_back({{"profile", profile}, {"why", why}});
  if (found.taken_over) {
    const auto& [limit, on_cpu, command] = *found.taken_over;
    json["on_cpu"] = {{"until", limit},
                      {"cpu", found.builds.front().profiles.front()},
                      {"ops", on_cpu.moved.nodes},
                      {"differing_ops", on_cpu.differing},
                      {"multiply_accumulates", on_cpu.products},
                      {"moved_multiply_accumulates", on_cpu.moved_products},
                      {"spread", is_spread(on_cpu)},
                      {"stopped", on_cpu.stopped},
                      {"before", outputs_json(graph, on_cpu.before)},
                      {"outputs", outputs_json(graph, on_cpu.moved.outputs)},
                      {"command", command}};
  }
  return to_text(json);
}

}  // namespace nputwin::report
