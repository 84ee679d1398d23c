#pragma once

#include "profile/families/family.h"

// Functions of one code: LOGISTIC, TANH, EXP, LOG, ELU, GELU.

namespace nputwin {

enum class TableMethod : std::uint8_t {
  kBinary32HalfAway,  ///< f(x) in binary32 times 1/s, half away from zero before the zero point (TFLite)
  kBinary32WithZero,  ///< f(x)/s + zero point, by `real_rounding` (XNNPACK)
  kBinary32HalfEven,  ///< f(x)/s half to even before the zero point (XNNPACK in TensorFlow until 2.17)
  kReal,              ///< binary64
  /// f at binary16 numbers of 4 fraction bits (16 an octave, both signs: 1,024 entries), kept in 16 bits, straight
  /// lines between, in binary64 (VeriSilicon's tensor processor as Mesa programs it; how it interpolates is not known)
  kPiecewiseLinear,
};
template <>
inline constexpr std::array<std::string_view, 5> kEnumNames<TableMethod> = {
    "binary32_half_away", "binary32_with_zero", "binary32_half_even", "real", "piecewise_linear"};
template <>
inline constexpr std::optional<TableMethod> kExactMethod<TableMethod> = TableMethod::kReal;

/// What a real beyond int32 becomes as an integer, which C++ leaves open.
enum class RealOverflow : std::uint8_t {
  kSaturates,
  kLowest,  ///< x86's instruction gives -2^31
};
template <>
inline constexpr std::array<std::string_view, 2> kEnumNames<RealOverflow> = {"saturates", "lowest"};

/// LOGISTIC and TANH of int8 codes.
enum class Int8FunctionMethod : std::uint8_t {
  kTable,       ///< as `table` says
  kFixedPoint,  ///< gemmlowp's functions in Q4.27 (TensorFlow Lite Micro)
};
template <>
inline constexpr std::array<std::string_view, 2> kEnumNames<Int8FunctionMethod> = {"table", "fixed_point"};

/// LOGISTIC and TANH of int16 codes whose scale is a power of two.
enum class Int16FunctionMethod : std::uint8_t {
  kTable,       ///< TFLite's interpolated table, as for every other scale (reference)
  kFixedPoint,  ///< gemmlowp's functions in Q3.12 (optimised)
};
template <>
inline constexpr std::array<std::string_view, 2> kEnumNames<Int16FunctionMethod> = {"table", "fixed_point"};

template <>
struct FamilyTraits<Family::kTable> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Functions by table";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kTable; }
};

}  // namespace nputwin
