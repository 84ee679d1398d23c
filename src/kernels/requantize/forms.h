#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fixed/requantize.h"
#include "kernels/isa.h"
#include "tensor/dtype.h"

namespace nputwin {

/// What the vector forms read. Arrays have one entry a channel and kPadding spare ones.
struct RequantizeParameters {
  static constexpr int kPadding = 16;

  std::vector<std::int32_t> multiplier, left, right;  ///< high_product
  std::vector<float> binary32;
  std::vector<double> binary64;  ///< binary64, half_up
  std::int64_t nudge = 0;        ///< high_product: added to the 62-bit product before the high half is taken
  bool away = false;             ///< high_product: ties of the last shift go away from zero, else up
  std::int32_t zero_point = 0;
  CodeRange clamp{};
};

/// Channels [begin, begin + count) of `rows` rows of accumulators; `out` points to channel `begin`.
using RequantizeCode = void (*)(const RequantizeParameters&, const std::int32_t* acc, std::ptrdiff_t acc_stride,
                                int rows, int begin, int count, void* out, std::ptrdiff_t out_stride);

/// All forms of one instruction set, by the type of the output.
struct RequantizeKernels {
  struct ByOutput {
    RequantizeCode i8, u8;
  };
#define NPUTWIN_REQUANTIZE(name) ByOutput name;
#include "kernels/requantize/kernels.inc"
#undef NPUTWIN_REQUANTIZE
};
[[nodiscard]] RequantizeKernels requantize_kernels(const Isa& isa);

/// A layer's rule, its channels' multipliers, and the bound of |any sum|.
struct RequantizeWork {
  const RequantizeRule& rule;
  std::span<const EffectiveMultiplier> channels;
  std::int64_t largest;
};

/// One line of kernels.inc.
struct RequantizeForm {
  std::string_view name;
  bool (*is_for)(const RequantizeRule& rule);                     ///< its method, ties and order of the zero point
  std::string (*refuses)(const RequantizeWork& work);             ///< why it would not be exact; empty: it is
  void (*prepare)(const RequantizeWork&, RequantizeParameters&);  ///< fills its arrays in
  RequantizeKernels::ByOutput RequantizeKernels::*code;
};
[[nodiscard]] std::span<const RequantizeForm> requantize_forms();

/// Why no vector form takes the work, whatever its method; empty: one may.
[[nodiscard]] std::string refuses_vectors(const RequantizeWork& work, DType output, const Isa& isa);

}  // namespace nputwin
