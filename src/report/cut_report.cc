#include "report/cut_report.h"

#include <nlohmann/json.hpp>

namespace nputwin::report {
namespace {

nlohmann::ordered_json tensors_json(const Graph& graph, const std::vector<int>& tensors) {
  auto json = nlohmann::ordered_json::array();
  for (const int t : tensors) {
    const TensorSpec& spec = graph.spec(t);
    json.push_back({{"tensor", t}, {"name", spec.name}, {"dtype", name(spec.type)}, {"shape", spec.shape}});
  }
  return json;
}

std::string tensors_text(const Graph& graph, const std::vector<int>& tensors) {
  std::string text;
  for (const int t : tensors) {
    const TensorSpec& spec = graph.spec(t);
    text += fmt::format("{}'{}' {} {}", text.empty() ? "" : ", ", spec.name, name(spec.type), to_string(spec.shape));
  }
  return text;
}

}  // namespace

std::string cuts_text(const Graph& graph, std::span<const WrittenCut> cuts) {
  std::string text;
  for (const auto& [file, cut] : cuts)
    text += fmt::format("{}: {} op{}; {} -> {}\n", file, cut.nodes.size(), cut.nodes.size() == 1 ? "" : "s",
                        tensors_text(graph, cut.inputs), tensors_text(graph, cut.outputs));
  return text;
}

std::string cuts_json(const Graph& graph, std::span<const WrittenCut> cuts) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& [file, cut] : cuts)
    json.push_back({{"file", file},
                    {"ops", cut.nodes},
                    {"inputs", tensors_json(graph, cut.inputs)},
                    {"outputs", tensors_json(graph, cut.outputs)}});
  return json.dump(1) + "\n";
}

}  // namespace nputwin::report
