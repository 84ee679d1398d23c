#include "report/cut_report.h"

#include "base/plural.h"
#include "io/json.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

Json tensors_json(const Graph& graph, const std::vector<int>& tensors) {
  auto json = Json::array();
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
    text += fmt::format("{}'{}' {} {}", text.empty() ? "" : ", ", shortened(spec.name, kNameColumns), name(spec.type),
                        to_string(spec.shape));
  }
  return text;
}

}  // namespace

std::string cuts_text(const Graph& graph, std::span<const WrittenCut> cuts) {
  std::string text;
  for (const auto& [file, cut] : cuts)
    text += fmt::format("{}: {}; {} -> {}\n", file, counted(cut.nodes.size(), "op"), tensors_text(graph, cut.inputs),
                        tensors_text(graph, cut.outputs));
  return text;
}

std::string cuts_json(const Graph& graph, std::span<const WrittenCut> cuts) {
  auto json = Json::array();
  for (const auto& [file, cut] : cuts)
    json.push_back({{"file", file},
                    {"ops", cut.nodes},
                    {"inputs", tensors_json(graph, cut.inputs)},
                    {"outputs", tensors_json(graph, cut.outputs)}});
  return to_text(json);
}

}  // namespace nputwin::report
