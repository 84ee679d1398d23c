// Outputs whose quantization the format fixes (TFLite's quantization specification; of int16 in 2^-15 steps).

#include <algorithm>
#include <array>

#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {
namespace {

struct Fixed {
  std::string_view op;
  float scale;
  int from_lowest;  ///< zero point - the type's lowest code
};
constexpr std::array kFixed{
    Fixed{"SOFTMAX", 1.0F / 256, 0},        Fixed{"LOGISTIC", 1.0F / 256, 0},           Fixed{"TANH", 1.0F / 128, 128},
    Fixed{"LOG_SOFTMAX", 16.0F / 256, 255}, Fixed{"L2_NORMALIZATION", 1.0F / 128, 128},
};

}  // namespace

void fixed_scales(const Context& context, Findings& findings) {
  each_node(context.model, [&](NodeId id, const Graph& graph, const Node& node) {
    const auto fixed = std::ranges::find_if(kFixed, [&](const Fixed& f) { return f.op == node.op; });
    if (fixed == kFixed.end() || node.outputs.size() != 1) return;
    const TensorSpec& out = graph.spec(node.outputs[0]);
    if (!is_codes(out.type) || !out.quantization.per_tensor()) return;
    const bool wide = out.type == DType::kInt16;
    const float scale = wide ? 1.0F / 32768 : fixed->scale;
    const std::int32_t zero = wide ? 0 : code_range(out.type).lo + fixed->from_lowest;
    if (out.scale() == scale && out.zero_point() == zero) return;
    findings.add(context.refused(id) ? Severity::kError : Severity::kWarning, id, node.outputs[0],
                 fmt::format("its output has scale {:.9g} and zero point {}; the format fixes 1/{:g} and {}, which "
                             "many kernels take for granted",
                             out.scale(), out.zero_point(), 1 / scale, zero),
                 fmt::format("give it scale 1/{:g} and zero point {}, as TFLite's converter does", 1 / scale, zero));
  });
}

}  // namespace nputwin::lint_rules
