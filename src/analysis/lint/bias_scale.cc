// A bias is added to the sum as an integer: kernels read neither its scale nor its zero point. If these are not what
// the sum has, s_in * s_w and 0, the bias stands for another number than the file says.

#include <algorithm>
#include <cmath>

#include "analysis/lint/layers.h"
#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {
namespace {

/// How far a bias is from what its own scale says, in codes of the output.
struct Off {
  double codes = 0, scale = 0, wanted = 0;
  std::size_t channel = 0, channels = 0;  ///< the worst, and how many are off
};

constexpr double kHarmless = 0.02;  // codes: TFLite's own tolerance of uint8 layers (kernel_util.cc)

Off worst_of(const Layer& layer) {
  const Quantization& q = layer.spec(layer.bias).quantization;
  Off worst;
  for (std::size_t c = 0; c < layer.channels(); ++c) {
    const double scale = double{q.scale[q.per_tensor() ? 0 : c]};
    const double wanted = double{layer.spec(layer.input).scale()} * layer.weight_scale(c);
    const double codes = std::abs(scale - wanted) * std::abs(static_cast<double>(layer.bias_of(c))) /
                         double{layer.spec(layer.output).scale()};
    if (codes > kHarmless) ++worst.channels;
    if (codes > worst.codes) worst = {codes, scale, wanted, c, worst.channels};
  }
  return worst;
}

}  // namespace

void bias_scale(const Context& context, Findings& findings) {
  each_layer(context.model, [&](const Layer& layer) {
    if (layer.bias < 0 || !layer.graph->tensor(layer.bias).constant || !layer.scaled()) return;
    const Quantization& q = layer.spec(layer.bias).quantization;
    if (q.empty() || (!q.per_tensor() && q.scale.size() != layer.channels())) return;
    if (std::ranges::any_of(q.zero_point, [](std::int32_t z) { return z != 0; }))
      findings.add(Severity::kWarning, layer.id, layer.bias,
                   "its bias has a zero point that is not 0, and kernels read none: they add the integers",
                   "fold the zero point into the bias' values and write 0");
    const Off off = worst_of(layer);
    if (off.channels == 0) return;
    findings.add(
        off.codes >= 0.5 ? Severity::kWarning : Severity::kNote, layer.id, layer.bias,
        fmt::format("the scale of its bias is {:.9g}, not input scale x weight scale = {:.9g}: kernels read "
                    "the second, and the bias is off by {:.3g} codes (channel {}; {})",
                    off.scale, off.wanted, off.codes, off.channel, channels_text(off.channels, layer.channels())),
        "quantize the bias again with scale s_in x s_w of its channel");
  });
}

}  // namespace nputwin::lint_rules
