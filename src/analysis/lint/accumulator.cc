// Sums that can leave their 32 bits: some runtimes wrap, some saturate, XNNPACK's order of adding decides.

#include "analysis/lint/layers.h"
#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {

void accumulator(const Context& context, Findings& findings) {
  each_layer(context.model, [&](const Layer& layer) {
    const bool wide = layer.spec(layer.input).type == DType::kInt16 &&
                      (layer.bias < 0 || layer.spec(layer.bias).type == DType::kInt64);
    if (wide || !layer.scaled()) return;
    const std::vector<ChannelWeights> weights = channel_weights(layer);
    std::size_t beyond = 0;
    std::int64_t largest = 0;
    for (std::size_t c = 0; c < weights.size(); ++c) {
      const std::int64_t sum = largest_sum(layer, weights[c], c);
      if (sum > INT32_MAX) ++beyond;
      largest = std::max(largest, sum);
    }
    if (beyond == 0) return;
    findings.add(Severity::kWarning, layer.id, layer.bias,
                 fmt::format("the sum of {} can leave 32 bits: up to {} with the bias",
                             channels_text(beyond, weights.size()), largest),
                 "give the bias and the weights larger scales, or split the layer's input");
  });
}

}  // namespace nputwin::lint_rules
