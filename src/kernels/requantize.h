#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "fixed/requantize.h"
#include "kernels/isa.h"
#include "tensor/dtype.h"

namespace nputwin {

/// How one exact sum becomes a code, whole and by the definition.
struct LastStep {
  RequantizeRule rule;
  Rescale scale;
  std::int32_t zero_point = 0;
  CodeRange clamp{};

  [[nodiscard]] std::int32_t code(std::int64_t sum, RequantizeTrace* trace = nullptr) const {
    return std::clamp(requantize(rule, accumulator_register(rule, sum), scale, zero_point, trace), clamp.lo, clamp.hi);
  }
};

/// Turns blocks of accumulators into output codes:
///
///   out[r][c] = clamp(requantize(rule, acc[r][c], M[c], zero_point), lo, hi)
///
/// Prepared once for a layer's channels; the vector form is used where it is proven equal to the scalar
/// definition.
class Requantizer {
 public:
  /// Vectors may read this many entries past the last channel, of acc too; `out` is never written past it.
  static constexpr int kPadding = 16;

  Requantizer() = default;
  /// `largest_accumulator` bounds |acc| over everything that can come; it decides whether vector forms are
  /// exact.
  Requantizer(const RequantizeRule& rule, std::span<const Rescale> channels, std::int32_t zero_point, CodeRange clamp,
              DType output, std::int64_t largest_accumulator, const Isa& isa);

  /// The code of one exact sum of channel `channel`, by the definition.
  [[nodiscard]] std::int32_t code(std::int64_t acc, int channel) const { return last_step(channel).code(acc); }
  [[nodiscard]] LastStep last_step(int channel) const {
    return {rule_, channels_[static_cast<std::size_t>(channel)], parameters_.zero_point, parameters_.clamp};
  }

  /// Channels [begin, begin + count) of `rows` rows. Strides are in elements. `out` points to channel
  /// `begin`.
  void run(const std::int32_t* acc, std::ptrdiff_t acc_stride, int rows, int begin, int count, void* out,
           std::ptrdiff_t out_stride) const;

  /// What the vector kernels read. Arrays have kPadding spare entries.
  struct Parameters {
    std::vector<std::int32_t> multiplier, left, right;  // kTwoStep and kOneStep
    std::vector<float> binary32;
    std::vector<double> binary64;
    std::int64_t nudge = 0;  // added to the 62-bit product before the high half is taken
    bool away = false;       // ties of the second step away from zero, else up
    std::int32_t zero_point = 0;
    CodeRange clamp{};
  };
  using Form = void (*)(const Parameters&, const std::int32_t* acc, std::ptrdiff_t acc_stride, int rows, int begin,
                        int count, void* out, std::ptrdiff_t out_stride);

 private:
  RequantizeRule rule_;
  std::vector<Rescale> channels_;
  Parameters parameters_;
  DType output_ = DType::kInt8;
  Form form_ = nullptr;  // null: the scalar definition
};

/// The vector forms of one instruction set.
struct RequantizeKernels {
  Requantizer::Form high_mul_i8, high_mul_u8;  // two fixed-point steps, or one
  Requantizer::Form binary32_i8, binary32_u8;  // half to even
  Requantizer::Form binary64_i8, binary64_u8;  // half to even with the zero point inside
  Requantizer::Form half_up_i8, half_up_u8;    // half up, the zero point outside
};
[[nodiscard]] RequantizeKernels requantize_kernels(const Isa& isa);

}  // namespace nputwin
