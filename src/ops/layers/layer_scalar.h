#pragma once

#include "ops/layers/channel_rules.h"
#include "ops/layers/product_sums.h"
#include "ops/layers/weights.h"
#include "ops/op.h"
#include "tensor/code_types.h"

namespace nputwin {

/// The plain definition of a layer with constant weights, with accumulators that cannot overflow. `Geometry` says which
/// inputs meet which weights: for_each_run(element, f) calls f(first input, first weight, count) for each run of
/// neighbours, the channel of an element being its index modulo `channels_out`.
template <typename Geometry>
class LayerScalar final : public ProductSums {
 public:
  LayerScalar(Geometry geometry, LayerWeights layer, ChannelRules rules, LayerInputs inputs = {})
      : g_(std::move(geometry)), layer_(std::move(layer)), rules_(std::move(rules)), inputs_(inputs) {}

  void run(const RunContext& context) const override {
    with_code_type(context.outputs[0].spec->type, [&](auto code) {
      using T = decltype(code);
      const auto out = context.outputs[0].as<T>();
      const std::int64_t elements = context.outputs[0].spec->elements();
      context.pool->parallel(elements / g_.channels_out, [&](std::int64_t row, int) {
        for (std::int64_t i = row * g_.channels_out; i < (row + 1) * g_.channels_out; ++i)
          out[static_cast<std::size_t>(i)] = static_cast<T>(rules_.code(sum_of<T>(context, i), channel(i), i));
      });
    });
  }

  [[nodiscard]] std::size_t activations() const override { return inputs_.activations; }
  [[nodiscard]] std::size_t weights() const override { return inputs_.weights; }
  [[nodiscard]] std::vector<Run> runs(std::int64_t element) const override {
    std::vector<Run> runs;
    g_.for_each_run(element, [&](std::int64_t input, std::int64_t weight, std::int64_t count) {
      runs.push_back({input, weight, count});
    });
    return runs;
  }
  [[nodiscard]] std::int32_t factor(const RunContext& /*context*/, std::int64_t weight) const override {
    return layer_.values[static_cast<std::size_t>(weight)];
  }
  [[nodiscard]] std::int64_t bias(std::int64_t element) const override {
    return layer_.bias[static_cast<std::size_t>(channel(element))];
  }
  [[nodiscard]] std::int64_t sum(const RunContext& context, std::int64_t element) const override {
    std::int64_t sum = 0;
    with_code_type(context.outputs[0].spec->type, [&](auto code) { sum = sum_of<decltype(code)>(context, element); });
    return sum;
  }
  [[nodiscard]] LastStep last_step(std::int64_t element) const override {
    return rules_.last_step(channel(element), element);
  }

 private:
  [[nodiscard]] int channel(std::int64_t element) const { return static_cast<int>(element % g_.channels_out); }

  template <typename T>
  [[nodiscard]] std::int64_t sum_of(const RunContext& context, std::int64_t element) const {
    const TensorView& in = context.inputs[inputs_.activations];
    const auto codes = in.as<T>();
    const std::int32_t zero_point = in.spec->zero_point();
    std::int64_t sum = bias(element);
    g_.for_each_run(element, [&](std::int64_t input, std::int64_t weight, std::int64_t count) {
      const T* x = codes.data() + input;
      const std::int16_t* w = layer_.values.data() + weight;
      for (std::int64_t c = 0; c < count; ++c) sum += std::int64_t{x[c] - zero_point} * w[c];
    });
    return sum;
  }

  Geometry g_;
  LayerWeights layer_;
  ChannelRules rules_;
  LayerInputs inputs_;
};

}  // namespace nputwin
