#pragma once

#include <cstdint>
#include <type_traits>

#include "mac/layer.h"
#include "tensor/code_types.h"

namespace nputwin {

/// The definition of a layer's sums, exact: calls f(element, sum) for each of `count` elements from `first`.
template <typename F>
void for_each_sum(const MacLayer& layer, const RunContext& context, std::int64_t first, std::int64_t count, F&& f) {
  const std::int32_t zero = layer.input_zero;
  // Products are added in int64 or, where no partial sum leaves 32 bits, in int32: several times as fast.
  const auto sums = [&]<typename Sum>(Sum, const auto& taps, const auto* input, const auto* weights, auto weight_zero) {
    using Factor = std::conditional_t<sizeof(Sum) == 4, std::int16_t, std::int32_t>;
    const auto product = [&](auto x, auto w) {
      return Sum{static_cast<Factor>(x - zero)} * static_cast<Factor>(w - weight_zero);
    };
    for (std::int64_t e = first; e < first + count; ++e) {
      std::int64_t sum = layer.bias(e);
      taps.for_each_run(e, [&](const TapRun& run) {
        const auto* x = input + run.input;
        const auto* w = weights + run.weight;
        Sum part = 0;
        if (run.input_step == 1 && run.weight_step == 1) {  // most layers': several times as fast without the steps
          for (std::int64_t i = 0; i < run.count; ++i) part += product(x[i], w[i]);
        } else {
          for (std::int64_t i = 0; i < run.count; ++i) part += product(x[i * run.input_step], w[i * run.weight_step]);
        }
        sum += part;
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
              sums(std::int64_t{}, taps, input, weights.data(), layer.weights.computed->zero);
            });
            return;
          }
          const std::int16_t* weights = layer.weights.values.all().data();
          constexpr std::integral_constant<std::int32_t, 0> kCentred{};
          if (sizeof(T) == 1 && layer.weights.largest_accumulator <= INT32_MAX) {
            sums(std::int32_t{}, taps, input, weights, kCentred);
          } else {
            sums(std::int64_t{}, taps, input, weights, kCentred);
          }
        },
        layer.taps);
  });
}

}  // namespace nputwin
