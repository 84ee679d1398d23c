#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "support/model_builder.h"

namespace nputwin::test {

/// A single-op model with random geometry, codes and quantization, for comparing implementations with each
/// other.
struct RandomModel {
  std::string description;
  std::shared_ptr<const Model> model;
  std::string bytes;  ///< the file
  std::vector<std::vector<std::byte>> inputs;
  bool per_channel_fully_connected = false;  ///< which not every profile knows
};

/// Channel counts just below, at and above vector widths, one, and primes; windows, strides, dilation and
/// padding of every kind; int8 per channel and per tensor and uint8; zero points at the ends and in the
/// middle.
[[nodiscard]] RandomModel random_conv_2d(std::uint32_t seed);
[[nodiscard]] RandomModel random_depthwise_conv_2d(std::uint32_t seed);
[[nodiscard]] RandomModel random_fully_connected(std::uint32_t seed);
[[nodiscard]] RandomModel random_max_pool_2d(std::uint32_t seed);
/// Also with a broadcast operand.
[[nodiscard]] RandomModel random_add(std::uint32_t seed);
[[nodiscard]] RandomModel random_mul(std::uint32_t seed);

}  // namespace nputwin::test
