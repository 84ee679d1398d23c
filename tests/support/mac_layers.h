#pragma once

#include <random>
#include <string>
#include <vector>

#include "mac/backend.h"
#include "profile/rules.h"

namespace nputwin::test {

/// A layer of sums of products without a model around it, with random weights and inputs.
struct SampleLayer {
  std::string description;
  MacLayer layer;
  TensorSpec input, output, second;  ///< `second`: the weights, where they are computed
  std::vector<std::byte> values, second_values;
  int channels = 1;  ///< of the epilogue
};

/// The shapes of layers, each with a geometry of its own.
enum class Sample : std::uint8_t {
  kConv1x1,
  kConv3x3,
  kGrouped,
  kDilated,
  kDepthwise,
  kDepthwiseMultiplier,
  kTransposed,
  kOneRow,
  kManyRows,
  kMatrices,
};
inline constexpr Sample kSamples[] = {Sample::kConv1x1,    Sample::kConv3x3,   Sample::kGrouped,
                                      Sample::kDilated,    Sample::kDepthwise, Sample::kDepthwiseMultiplier,
                                      Sample::kTransposed, Sample::kOneRow,    Sample::kManyRows,
                                      Sample::kMatrices};

[[nodiscard]] SampleLayer sample_layer(Sample sample, DType type, std::uint32_t seed);

/// An epilogue of the layer by `first`, whose remainder after whole blocks of 8 channels is left to `last`.
[[nodiscard]] Epilogue sample_epilogue(const SampleLayer& sample, const RequantizeRule& first,
                                       const RequantizeRule& last);

/// Runs the kernel with several epilogues over one accumulation: the bytes of each output.
[[nodiscard]] std::vector<std::vector<std::byte>> run_epilogues(const SampleLayer& sample, const MacKernel& kernel,
                                                                std::span<const Epilogue* const> epilogues,
                                                                int threads);

}  // namespace nputwin::test
