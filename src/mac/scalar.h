#pragma once

#include "mac/layer.h"
#include "tensor/code_types.h"

namespace nputwin {

/// The definition of a layer's sums, in int64: calls f(element, sum) for each of `count` elements from `first`.
template <typename F>
void for_each_sum(const MacLayer& layer, const RunContext& context, std::int64_t first, std::int64_t count, F&& f) {
  const auto sums = [&](const auto& taps, const auto* input, const auto* weights, std::int32_t weight_zero) {
    for (std::int64_t e = first; e < first + count; ++e) {
      std::int64_t sum = layer.bias(e);
      taps.for_each_run(e, [&](const TapRun& run) {
        const auto* x = input + run.input;
        const auto* w = weights + run.weight;
        for (std::int64_t i = 0; i < run.count; ++i)
          sum += std::int64_t{x[i * run.input_step] - layer.input_zero} * (w[i * run.weight_step] - weight_zero);
      });
      f(e, sum);
    }
  };
  with_code_type(layer.type, [&](auto code) {
    using T = decltype(code);
    const T* input = context.inputs[layer.activations_input].as<T>().data();
    std::visit(
        [&](const auto& taps) {
          if (layer.weights.computed_zero) {
            const T* weights = context.inputs[layer.weights_input].as<T>().data();
            sums(taps, input, weights, *layer.weights.computed_zero);
          } else {
            sums(taps, input, layer.weights.values.data(), 0);
          }
        },
        layer.taps);
  });
}

}  // namespace nputwin
