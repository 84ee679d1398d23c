#pragma once

#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "kernels/kernel.h"
#include "mac/backend.h"
#include "profile/rules.h"

namespace nputwin::test {

/// A small layer whose channels have random weights, biases and scales: a row of a matrix, a convolution with padding
/// or a depthwise one.
struct RandomLayer {
  MacLayer layer;
  TensorSpec input, output;
  std::vector<float> scales;
  std::int32_t zero_out = 0;

  explicit RandomLayer(std::mt19937& random) {
    const auto between = [&](int lo, int hi) { return std::uniform_int_distribution<int>(lo, hi)(random); };
    const DType type = between(0, 1) == 0 ? DType::kInt8 : DType::kUInt8;
    const CodeRange range = code_range(type);
    const int channels = between(1, 3);
    int taps = between(1, 12);
    layer.type = type;
    layer.input_zero = between(range.lo, range.hi);
    Shape in{1, taps}, out{1, channels};
    if (const int kind = between(0, 4); kind > 2) {
      const auto axis = [&] {
        const int size = between(1, 3), stride = between(1, 2), before = between(0, size - 1);
        return WindowAxis{4, (4 + 2 * before - size) / stride + 1, size, stride, 1, before};
      };
      const Window window{axis(), axis()};
      const int channels_in = kind == 3 ? between(1, 2) : channels;
      taps = window.y.size * window.x.size * (kind == 3 ? channels_in : 1);
      in = {1, 4, 4, channels_in};
      out = {1, window.y.out, window.x.out, channels};
      if (kind == 3) {
        layer.taps = ConvTaps{window, 1, channels_in, channels, channels_in, 1};
      } else {
        layer.taps = DepthwiseTaps{window, 1, channels, channels};
      }
    } else {
      layer.taps = RowTaps{1, taps, channels};
    }
    const int times = between(1, 3);  // even weights and multiples of 3: not every sum can be made
    std::vector<std::int16_t> weights(static_cast<std::size_t>(taps * channels));
    for (std::int16_t& w : weights) w = static_cast<std::int16_t>(times * between(-127 / times, 127 / times));
    layer.weights.values = std::move(weights);
    for (int c = 0; c < channels; ++c) {
      layer.weights.bias.push_back(between(-3000, 3000));
      scales.push_back(std::exp2(static_cast<float>(between(-80, -10)) / 8));
    }
    layer.weights.largest_accumulator = std::int64_t{taps} * 127 * 255 + 3000;
    zero_out = between(range.lo, range.hi);
    input = {"x", type, in, {{1}, {layer.input_zero}, 0}};
    output = {"y", type, out, {{1}, {zero_out}, 0}};
  }

  [[nodiscard]] std::unique_ptr<MacKernel> kernel(const RequantizeRule& first, const RequantizeRule& last) const {
    const auto by = [&](const RequantizeRule& rule) {
      std::vector<EffectiveMultiplier> multipliers;
      for (const float s : scales) multipliers.push_back(effective_multiplier(rule, 1, s, 1));
      return Requantizer(rule, multipliers, zero_out, code_range(output.type), output.type,
                         layer.weights.largest_accumulator);
    };
    const std::int64_t elements = output.elements();
    Epilogue epilogue = first == last
                            ? Epilogue(by(first))
                            : Epilogue(by(first), by(last), Epilogue::Blocks::flat(output.shape.back(), elements, 8));
    return make_mac_kernel(layer, std::move(epilogue), {scalar_isa(), 1});
  }
};

/// Rules of runtimes and of the chip, and some that nobody has.
inline const std::vector<RequantizeRule>& some_rules() {
  static const std::vector<RequantizeRule> kRules = [] {
    std::vector<RequantizeRule> rules{rules::kDouble, rules::kDoubleHalfUp, rules::kF32,  rules::kSingle,
                                      rules::kVipV8,  rules::kVipV7,        rules::kRndnu};
    for (const Rounding ties : {Rounding::kHalfDown, Rounding::kHalfAwayFromZero, Rounding::kHalfToEven}) {
      RequantizeRule rule = rules::kSingle;
      rule.rounding = ties;
      rules.push_back(rule);
      rule.zero_point_first = true;
      rules.push_back(rule);
    }
    return rules;
  }();
  return kRules;
}

/// A context of one input and one output without values.
struct SpecsOnly {
  TensorView input;
  MutableTensorView output;
  RunContext context;

  explicit SpecsOnly(const RandomLayer& layer) : input{&layer.input, {}}, output{&layer.output, {}} {
    context.inputs = {&input, 1};
    context.outputs = {&output, 1};
  }
  SpecsOnly(const SpecsOnly&) = delete;
  SpecsOnly& operator=(const SpecsOnly&) = delete;
};

}  // namespace nputwin::test
