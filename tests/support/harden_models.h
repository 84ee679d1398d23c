#pragma once

#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "analysis/harden/harden.h"
#include "io/tflite/reader.h"
#include "support/model_builder.h"

namespace nputwin::test {

/// These sides, all required.
inline HardenSettings harden_settings(const std::vector<std::string>& profiles) {
  HardenSettings settings;
  for (const std::string& profile : profiles) settings.sides.push_back({profile, true});
  return settings;
}

/// The file with what was changed.
inline std::shared_ptr<const Model> with_changes(const std::shared_ptr<const Model>& model,
                                                 const Hardening& hardening) {
  const auto bytes = change_tensors(model->storage.front()->bytes(), *model, hardening.changes).value();
  return parse_tflite(std::make_shared<Blob>(Bytes(bytes)), "after").value();
}

/// A layer of 8 channels and 24 weights each: CONV_2D with a bias, or FULLY_CONNECTED without one.
struct SmallLayer {
  static constexpr std::size_t kInputs = 24, kChannels = 8;
  std::vector<float> numbers;  ///< of which the codes of the weights were made
  std::vector<float> scales = std::vector<float>(kChannels, 1.0F / 127);
  std::vector<std::int8_t> codes;
  int weights = -1;
  std::shared_ptr<const Model> model;

  explicit SmallLayer(bool has_bias) {
    std::mt19937 random(3);  // NOLINT(bugprone-random-generator-seed): every run tries the same
    std::uniform_real_distribution<float> number(-1, 1);
    for (std::size_t i = 0; i < kInputs * kChannels; ++i) numbers.push_back(number(random));
    for (const float x : numbers) codes.push_back(static_cast<std::int8_t>(std::nearbyint(x * 127)));
    const std::vector<std::int32_t> zeros(kChannels, 0);
    test::ModelBuilder builder;
    const int x = builder.tensor("x", DType::kInt8, has_bias ? Shape{1, 1, 1, kInputs} : Shape{1, kInputs}, 0.02F, 4);
    weights = builder.constant<std::int8_t>("w", has_bias ? Shape{kChannels, 1, 1, kInputs} : Shape{kChannels, kInputs},
                                            codes, {scales, zeros, 0});
    const int bias = builder.constant<std::int32_t>("b", {kChannels}, std::vector<std::int32_t>(kChannels, 100),
                                                    {std::vector<float>(kChannels, 0.02F / 127), zeros, 0});
    const int y =
        builder.tensor("y", DType::kInt8, has_bias ? Shape{1, 1, 1, kChannels} : Shape{1, kChannels}, 0.021F, -2);
    const Attributes strides{{"stride_w", std::int64_t{1}}, {"stride_h", std::int64_t{1}}};
    if (has_bias) {
      builder.op("CONV_2D", {x, weights, bias}, {y}, strides);
    } else {
      builder.op("FULLY_CONNECTED", {x, weights}, {y});
    }
    builder.inputs({x});
    builder.outputs({y});
    model = builder.read();
  }
};

}  // namespace nputwin::test
