// M = s_in * s_w / s_out of 1 and more: the output's steps are finer than the sum's, so it skips codes; it is a sign of
// scales that were not measured. XNNPACK makes layers below 256 (`refused` says it of those releases).

#include "analysis/lint/layers.h"
#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {

void multipliers(const Context& context, Findings& findings) {
  each_layer(context.model, [&](const Layer& layer) {
    if (!layer.scaled()) return;
    std::size_t large = 0;
    double largest = 0;
    for (std::size_t c = 0; c < layer.channels(); ++c) {
      const double m = layer.multiplier(c);
      if (m >= 1) ++large;
      largest = std::max(largest, m);
    }
    if (large == 0) return;
    constexpr double kEndsXnnpack = 256;
    findings.add(
        largest >= kEndsXnnpack ? Severity::kWarning : Severity::kNote, layer.id, layer.output,
        fmt::format("s_in x s_w / s_out is up to {:.4g} ({} at 1 and more): one step of the sum is {}", largest,
                    channels_text(large, layer.channels()),
                    largest >= kEndsXnnpack ? "more than all codes, and XNNPACK from TensorFlow 2.17 on ends the model"
                                            : "more than a code, and the output skips codes"),
        "give the output the scale of what it really holds: calibrate with data that moves this layer");
  });
}

}  // namespace nputwin::lint_rules
