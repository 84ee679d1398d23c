#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// v / factor, or v * factor, plus `inside`, in binary32, a NaN v being 0; kept within +-10^6, a NaN being the lowest;
/// rounded; plus `zero`, clamped to lo..hi.
struct QuantizeForm {
  float factor = 1;
  bool divides = true;
  bool half_away = false;  ///< rounds half away from zero, else to even
  float inside = 0;
  std::int32_t zero = 0, lo = 0, hi = 0;
};

/// binary32(q - zero) * scale + offset, each rounded, or the last two at once where `fused`. |q - zero| < 2^24.
struct DequantizeForm {
  std::int32_t zero = 0;
  float scale = 1;
  bool adds = false;  ///< an offset
  float offset = 0;
  bool fused = false;
};

/// The loops of one type of codes.
template <typename T>
struct ConvertLoops {
  void (*quantize)(const QuantizeForm& form, const float* in, std::int64_t count, T* out) = nullptr;
  void (*dequantize)(const DequantizeForm& form, const T* in, std::int64_t count, float* out) = nullptr;
};

/// The same by one instruction set.
struct ConvertKernels {
  ConvertLoops<std::int8_t> i8;
  ConvertLoops<std::uint8_t> u8;
  ConvertLoops<std::int16_t> i16;
  bool fuses = false;  ///< whether DequantizeForm::fused can be asked for

  // By the element type.
  [[nodiscard]] const ConvertLoops<std::int8_t>& of(std::int8_t /*code*/) const { return i8; }
  [[nodiscard]] const ConvertLoops<std::uint8_t>& of(std::uint8_t /*code*/) const { return u8; }
  [[nodiscard]] const ConvertLoops<std::int16_t>& of(std::int16_t /*code*/) const { return i16; }
};

/// For every instruction set but "scalar".
#define NPUTWIN_CONVERT(name) [[nodiscard]] ConvertKernels convert_##name(const Isa& isa);
#include "kernels/convert/kernels.inc"
#undef NPUTWIN_CONVERT

}  // namespace nputwin
