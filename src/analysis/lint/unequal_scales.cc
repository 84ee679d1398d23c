// Ops that move codes or choose among them, and whose input and output stand for different numbers. Some runtimes
// rescale, some move the codes as they are, some end.

#include <algorithm>
#include <array>

#include "analysis/lint/rules.h"
#include "ops/op.h"

namespace nputwin::lint_rules {
namespace {

/// Movement, and pools, joins and resizes, which the format wants to leave the scale alone too.
bool keeps_scale(const Node& node) {
  const OpDefinition* op = find_op(node.op);
  if (op == nullptr) return false;
  constexpr std::array kFamilies{Family::kMovement, Family::kResizeNearest, Family::kResizeBilinear,
                                 Family::kAveragePool, Family::kConcatenation};
  return std::ranges::find(kFamilies, op->family) != kFamilies.end();
}

std::string scale_text(const TensorSpec& spec) {
  return fmt::format("scale {:.9g} and zero point {}", spec.scale(), spec.zero_point());
}

}  // namespace

void unequal_scales(const Context& context, Findings& findings) {
  each_node(context.model, [&](NodeId id, const Graph& graph, const Node& node) {
    if (!keeps_scale(node) || node.outputs.empty()) return;
    const TensorSpec& out = graph.spec(node.outputs[0]);
    if (!is_codes(out.type) || !out.quantization.per_tensor()) return;
    std::size_t others = 0;
    int first = -1;
    for (const int t : node.inputs) {
      if (t < 0 || graph.spec(t).type != out.type || !graph.spec(t).quantization.per_tensor()) continue;
      if (graph.spec(t).scale() == out.scale() && graph.spec(t).zero_point() == out.zero_point()) continue;
      if (others++ == 0) first = t;
    }
    if (others == 0) return;
    const TensorSpec& in = graph.spec(first);
    const bool rescales = node.op == "CONCATENATION" && out.type == DType::kUInt8;
    const bool refused = context.refused(id);
    findings.add(rescales  ? Severity::kNote
                 : refused ? Severity::kError
                           : Severity::kWarning,
                 id, first,
                 fmt::format("its input has {}, its output {}{}; {}", scale_text(in), scale_text(out),
                             others > 1 ? fmt::format(" (so for {} inputs)", others) : "",
                             rescales ? "the codes are rescaled, by each runtime in its own way"
                                      : "TFLite moves the codes, so the numbers change; other devices may rescale"),
                 "give both one scale and zero point, or put a QUANTIZE before the op");
  });
}

}  // namespace nputwin::lint_rules
