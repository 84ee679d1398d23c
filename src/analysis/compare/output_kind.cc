#include "analysis/compare/output_kind.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "analysis/compare/agreement.h"
#include "base/suggestion.h"

namespace nputwin {
namespace {

/// Ops that leave every value what it means.
constexpr std::array<std::string_view, 5> kSeenThrough = {"DEQUANTIZE", "EXPAND_DIMS", "QUANTIZE", "RESHAPE",
                                                          "SQUEEZE"};

constexpr std::string_view kDetection = "TFLite_Detection_PostProcess";

/// The op that makes a tensor, behind those that only move its values; null for inputs and constants.
const Node* source_op_of(const Graph& graph, int tensor) {
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (std::ranges::find(node.outputs, tensor) == node.outputs.end()) continue;
    if (std::ranges::find(kSeenThrough, node.op) == kSeenThrough.end()) return &node;
    tensor = node.inputs.empty() ? -1 : node.inputs[0];
  }
  return nullptr;
}

bool is_made(const Graph& graph, int tensor) {
  return std::ranges::any_of(graph.nodes, [&](const Node& node) {
    return !node.left_out && std::ranges::find(node.outputs, tensor) != node.outputs.end();
  });
}

std::int64_t elements_after_batch(const Shape& shape) {
  std::int64_t elements = 1;
  for (std::size_t d = 1; d < shape.size(); ++d) elements *= shape[d];
  return elements;
}

bool is_map(const Shape& shape) { return shape.size() == 4 && shape[1] * shape[2] > 1; }

/// The kind that a maker leaves no doubt of. `made`: the tensor that it makes, which may stand behind moves.
OutputKind kind_by_maker(const std::string& op, const TensorSpec& made, const TensorSpec& spec) {
  const bool same_rows = !made.shape.empty() && !spec.shape.empty() && made.shape.back() == spec.shape.back();
  if (!same_rows && !op.starts_with("ARG_")) return OutputKind::kValues;
  if ((op == "SOFTMAX" || op == "LOG_SOFTMAX") && spec.shape.back() < 2) return OutputKind::kValues;
  if (op == "SOFTMAX" || op == "LOG_SOFTMAX") return is_map(spec.shape) ? OutputKind::kMask : OutputKind::kClasses;
  if (op == "ARG_MAX" || op == "ARG_MIN")
    return elements_after_batch(spec.shape) > 1 ? OutputKind::kMask : OutputKind::kClasses;
  if (op == "L2_NORMALIZATION") return OutputKind::kEmbedding;
  return OutputKind::kValues;
}

KnownOutput known(const Graph& graph, std::span<const TensorSpec> specs, int tensor) {
  KnownOutput output{tensor, OutputKind::kValues, "", {}, 0};
  const TensorSpec& spec = specs[static_cast<std::size_t>(tensor)];
  const Node* maker = source_op_of(graph, tensor);
  if (maker == nullptr) return output;
  if (maker->op == kDetection && maker->outputs.size() >= 4 && maker->outputs[0] == tensor) {
    output.kind = OutputKind::kBoxes;
    output.detections = {maker->outputs[1], maker->outputs[2], maker->outputs[3]};
  } else if (maker->op == kDetection) {
    output.from = maker->op;
    return output;
  } else {
    output.kind = kind_by_maker(maker->op, specs[static_cast<std::size_t>(maker->outputs[0])], spec);
  }
  if (output.kind != OutputKind::kValues) output.from = maker->op;
  if (maker->op == "LOGISTIC") output.threshold = 0.5;  // half of its range, where its input crosses 0
  return output;
}

Status check_fits(OutputKind kind, const TensorSpec& spec) {
  const auto fail = [&](const char* expected) {
    return error("output '{}' has shape {}: as {} it would need {}", spec.name, to_string(spec.shape), name(kind),
                 expected);
  };
  if (kind == OutputKind::kBoxes && (spec.shape.size() < 2 || spec.shape.back() != 4))
    return fail("a last dimension of 4: ymin, xmin, ymax, xmax");
  const std::int64_t vector = spec.shape.size() < 2 ? spec.elements() : elements_after_batch(spec.shape);
  if (kind == OutputKind::kEmbedding && vector < 2) return fail("two elements a vector");
  if (kind == OutputKind::kClasses && !holds_indices(spec) && (spec.shape.empty() || spec.shape.back() < 2))
    return fail("a last dimension of two classes or more: of one there is nothing to choose");
  if (kind == OutputKind::kMask && spec.shape.size() < 3) return fail("a height and a width");
  return {};
}

void add_metadata(const Model& model, const TensorSpec& spec, KnownOutput& output) {
  const auto found = model.output_metadata.find(output.tensor);
  if (found == model.output_metadata.end() || output.kind != OutputKind::kValues || !output.from.empty()) return;
  const OutputMetadata& metadata = found->second;
  const OutputKind kind = metadata.boxes         ? OutputKind::kBoxes
                          : metadata.axis_labels ? OutputKind::kClasses
                                                 : OutputKind::kValues;
  if (kind == OutputKind::kValues || !check_fits(kind, spec)) return;
  output.kind = kind;
  output.from = "the file's metadata";
}

/// What --output-kind says, by output; "" stands for all.
Result<std::map<std::string, OutputKind>> read_asked(std::span<const std::string> asked) {
  std::map<std::string, OutputKind> kinds;
  for (const std::string& text : asked) {
    const std::size_t equals = text.rfind('=');
    const std::string word = equals == std::string::npos ? text : text.substr(equals + 1);
    const auto kind = find_named<OutputKind>(word);
    if (!kind) {
      const std::vector<std::string> words(kEnumNames<OutputKind>.begin(), kEnumNames<OutputKind>.end());
      return error("--output-kind '{}': no kind is called '{}'{}; there are: {}", text, word, did_you_mean(word, words),
                   fmt::join(words, ", "));
    }
    kinds[equals == std::string::npos ? "" : text.substr(0, equals)] = *kind;
  }
  return kinds;
}

Status check_names(const std::map<std::string, OutputKind>& asked, const std::vector<std::string>& names) {
  for (const auto& [output, kind] : asked) {
    if (output.empty() || std::ranges::find(names, output) != names.end()) continue;
    return error("--output-kind: the model has no output '{}'{}; it has {}", output, did_you_mean(output, names),
                 fmt::join(names, ", "));
  }
  return {};
}

}  // namespace

Result<std::vector<KnownOutput>> known_outputs(const Model& model, std::span<const TensorSpec> specs,
                                               std::span<const std::string> asked) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto kinds, read_asked(asked));
  std::vector<KnownOutput> outputs;
  std::vector<std::string> names;
  for (const int t : model.main().outputs) {
    if (!is_made(model.main(), t)) continue;
    KnownOutput output = known(model.main(), specs, t);
    const TensorSpec& spec = specs[static_cast<std::size_t>(t)];
    names.push_back(spec.name);
    add_metadata(model, spec, output);
    const auto by_name = kinds.find(spec.name), of_all = kinds.find("");
    if (const auto said = by_name != kinds.end() ? by_name : of_all; said != kinds.end()) {
      if (said->second != output.kind) output.detections.reset();
      output.kind = said->second;
      output.from = "--output-kind";
      NPUTWIN_RETURN_IF_ERROR(check_fits(output.kind, spec));
    }
    outputs.push_back(std::move(output));
  }
  NPUTWIN_RETURN_IF_ERROR(check_names(kinds, names));
  return outputs;
}

}  // namespace nputwin
