#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string_view>

#include "model/model.h"
#include "ops/op.h"

namespace nputwin {

/// Gives the same numbers on every platform.
using Engine = std::mt19937_64;

/// A use of an op as networks have it: random constants, scales such that outputs fill their range.
struct SampleOp {
  std::string_view op;
  DType type;  ///< of input and output
  std::shared_ptr<const Model> (*make)(std::string_view op, DType type, Engine& engine);

  [[nodiscard]] Family family() const;  ///< whose rule its codes follow
};

/// One or more for each family of integer codes, in the order of the families.
[[nodiscard]] std::span<const SampleOp> sample_ops();

/// Random codes of the tensor's whole range.
[[nodiscard]] Tensor random_codes(const TensorSpec& spec, Engine& engine);

}  // namespace nputwin
