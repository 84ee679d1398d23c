// A scale for each channel that is the same in all: per-tensor weights in the dress of per-channel ones. The channels'
// own ranges are lost, and kernels take the slower and sometimes other path.

#include <algorithm>

#include "analysis/lint/layers.h"
#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {

void equal_channel_scales(const Context& context, Findings& findings) {
  each_layer(context.model, [&](const Layer& layer) {
    const auto& scales = layer.spec(layer.weights).quantization.scale;
    if (scales.size() < 2) return;
    if (!std::ranges::all_of(scales, [&](float s) { return s == scales[0]; })) return;
    findings.add(Severity::kNote, layer.id, layer.weights,
                 fmt::format("all {} channels of its weights have the scale {:.6g}", scales.size(), scales[0]),
                 "write one scale for the tensor, or quantize each channel by its own weights");
  });
}

}  // namespace nputwin::lint_rules
