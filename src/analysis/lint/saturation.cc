// Outputs at the end of their type's range that no activation explains: values beyond the range are cut off. Codes that
// stand for 0 are where ReLU puts values, and are none.

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/lint/rules.h"
#include "ops/activation.h"

namespace nputwin::lint_rules {
namespace {

/// Ops that make new values, whose range was measured when the model was quantized.
bool makes_values(const Node& node) {
  constexpr std::array<std::string_view, 11> kOps{"CONV_2D",
                                                  "DEPTHWISE_CONV_2D",
                                                  "FULLY_CONNECTED",
                                                  "TRANSPOSE_CONV",
                                                  "CONV_3D",
                                                  "BATCH_MATMUL",
                                                  "ADD",
                                                  "SUB",
                                                  "MUL",
                                                  "DIV",
                                                  "SUM"};
  return std::ranges::find(kOps, node.op) != kOps.end();
}

/// The range is that of RELU6, which converters fold into it and then leave out.
bool ends_at_6(const TensorSpec& out) {
  const CodeRange type = code_range(out.type);
  const double most = double{out.scale()} * (type.hi - out.zero_point());
  return out.zero_point() == type.lo && std::abs(most - 6) < 0.06;
}

/// How many outputs are at an end that neither ReLU nor an activation's bound explains.
std::int64_t cut_off(const TensorSpec& out, const Node& node, const Activity& activity) {
  const CodeRange type = code_range(out.type);
  const auto fused = static_cast<Activation>(node.attributes.integer("fused_activation_function"));
  const bool bounded = (fused != Activation::kNone && fused != Activation::kRelu) || ends_at_6(out);
  std::int64_t count = 0;
  if (out.zero_point() != type.lo && fused == Activation::kNone) count += activity.lowest;
  if (out.zero_point() != type.hi && !bounded) count += activity.highest;
  return count;
}

}  // namespace

void saturation(const Context& context, Findings& findings) {
  const Graph& graph = context.model.main();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!makes_values(node) || node.outputs.size() != 1) continue;
    const auto active = context.active.find(node.outputs[0]);
    const TensorSpec& out = graph.spec(node.outputs[0]);
    if (active == context.active.end() || active->second.elements == 0 || !out.quantization.per_tensor()) continue;
    const double share =
        static_cast<double>(cut_off(out, node, active->second)) / static_cast<double>(active->second.elements);
    constexpr double kMuch = 0.05, kSome = 0.01;
    if (share < kSome) continue;
    findings.add(share >= kMuch ? Severity::kWarning : Severity::kNote, i, node.outputs[0],
                 fmt::format("{:.2g} % of its outputs are at the end of {}'s range, and no activation puts them there",
                             100 * share, name(out.type)),
                 "calibrate with data like this input: the output's scale is too small for it");
  }
}

}  // namespace nputwin::lint_rules
