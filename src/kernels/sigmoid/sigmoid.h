#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// values[i] = fixed_logistic(values[i], integer_bits), or fixed_tanh (fixed/fixed_point.h), 0 <= integer_bits <= 6.
struct SigmoidKernels {
  void (*logistic)(std::int16_t* values, std::int64_t count, int integer_bits) = nullptr;
  void (*tanh)(std::int16_t* values, std::int64_t count, int integer_bits) = nullptr;
};

/// For every instruction set but "scalar".
#define NPUTWIN_SIGMOID(name) [[nodiscard]] SigmoidKernels sigmoid_##name(const Isa& isa);
#include "kernels/sigmoid/kernels.inc"
#undef NPUTWIN_SIGMOID

}  // namespace nputwin
