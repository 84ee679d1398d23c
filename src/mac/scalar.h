#pragma once

#include <type_traits>

#include "mac/layer.h"
#include "tensor/code_types.h"

namespace nputwin {

/// The definition of a layer's sums, in int64: calls f(element, sum) for each of `count` elements from `first`.
template <typename F>
void for_each_sum(const MacLayer& layer, const RunContext& context, std::int64_t first, std::int64_t count, F&& f) {
  const std::int32_t zero = layer.input_zero;
  const auto sums = [&](const auto& taps, const auto* input, const auto* weights, auto weight_zero) {
    for (std::int64_t e = first; e < first + count; ++e) {
      std::int64_t sum = layer.bias(e);
      taps.for_each_run(e, [&](const TapRun& run) {
        const auto* x = input + run.input;
        const auto* w = weights + run.weight;
        if (run.input_step == 1 && run.weight_step == 1) {  // most layers': several times as fast without the steps
          for (std::int64_t i = 0; i < run.count; ++i) sum += std::int64_t{x[i] - zero} * (w[i] - weight_zero);
        } else {
          for (std::int64_t i = 0; i < run.count; ++i)
            sum += std::int64_t{x[i * run.input_step] - zero} * (w[i * run.weight_step] - weight_zero);
        }
      });
      f(e, sum);
    }
  };
  with_code_type(layer.type, [&](auto code) {
    using T = decltype(code);
    const T* input = context.inputs[layer.activations_input].as<T>().data();
    std::visit(
        [&](const auto& taps) {
          if (layer.weights.computed) {
            with_code_type(layer.weights.computed->type, [&](auto weight) {
              const auto weights = context.inputs[layer.weights_input].as<decltype(weight)>();
              sums(taps, input, weights.data(), layer.weights.computed->zero);
            });
          } else {
            sums(taps, input, layer.weights.values.data(), std::integral_constant<std::int32_t, 0>());
          }
        },
        layer.taps);
  });
}

}  // namespace nputwin
