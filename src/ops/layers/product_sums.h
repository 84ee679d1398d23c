#pragma once

#include <vector>

#include "kernels/requantize.h"
#include "ops/op.h"

namespace nputwin {

/// A kernel whose every output element is an exact sum of products, made a code by a RequantizeRule: the plain
/// definition of a layer. It can be asked about single elements.
class ProductSums : public Kernel {
 public:
  /// A run of neighbouring products: input[first_input + i] * weight[first_weight + i*step], flat indices.
  struct Run {
    std::int64_t input, weight, count;
    std::int64_t input_step = 1, weight_step = 1;
  };

  [[nodiscard]] const ProductSums* product_sums() const final { return this; }

  /// Which of the node's inputs are multiplied.
  [[nodiscard]] virtual std::size_t activations() const = 0;
  [[nodiscard]] virtual std::size_t weights() const = 0;

  [[nodiscard]] virtual std::vector<Run> runs(std::int64_t element) const = 0;
  /// A weight as it is multiplied, without its zero point.
  [[nodiscard]] virtual std::int32_t factor(const RunContext& context, std::int64_t weight) const = 0;
  [[nodiscard]] virtual std::int64_t bias(std::int64_t element) const = 0;
  /// bias + the sum of (code - zero point) * factor over all runs.
  [[nodiscard]] virtual std::int64_t sum(const RunContext& context, std::int64_t element) const = 0;
  [[nodiscard]] virtual LastStep last_step(std::int64_t element) const = 0;
};

}  // namespace nputwin
