// Weights that use little of their range: each bit that is not used doubles the error of the weights.

#include "analysis/lint/layers.h"
#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {

void weight_range(const Context& context, Findings& findings) {
  each_layer(context.model, [&](const Layer& layer) {
    const Quantization& q = layer.spec(layer.weights).quantization;
    if (q.empty() || layer.graph->tensor(layer.weights).packed_bits != 0) return;
    const std::vector<ChannelWeights> weights = channel_weights(layer);
    constexpr std::int32_t kHalf = 64;  // of the codes above or below the zero point
    std::size_t narrow = 0, live = 0;
    std::int32_t most = 0, least = INT32_MAX;
    for (const ChannelWeights& w : weights) {
      most = std::max(most, w.most);
      if (w.sum == 0) continue;
      ++live;
      least = std::min(least, w.most);
      if (w.most < kHalf) ++narrow;
    }
    const std::string fix = "quantize the weights again with scales of what they are: the largest weight is code 127";
    if (live > 0 && q.per_tensor() && most < kHalf) {
      findings.add(
          Severity::kWarning, layer.id, layer.weights,
          fmt::format("its largest weight is {} step{}, of 127: precision is lost", most, most == 1 ? "" : "s"), fix);
    } else if (!q.per_tensor() && narrow > 0) {
      findings.add(2 * narrow > live ? Severity::kWarning : Severity::kNote, layer.id, layer.weights,
                   fmt::format("weights of fewer than {} steps, of 127, in {} (least: {}): precision is lost", kHalf,
                               channels_text(narrow, weights.size()), least),
                   fix);
    }
  });
}

}  // namespace nputwin::lint_rules
