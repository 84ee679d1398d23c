#pragma once

#include <cstdint>

#include "base/enum_names.h"

// In how many ways runtimes and chips compute an op family, beyond the requantization of a sum (RequantizeRule).
// `kReal` everywhere: the exact result made a code by the profile's RealRule.

namespace nputwin {

enum class AddMethod : std::uint8_t {
  kTwoStage,             ///< inputs scaled by 2^20 and MBQM, sum scaled by MBQM: TFLite's scalar code
  kTwoStageVectorized,   ///< the same with the input's right shift folded into the left one; the last size mod
                         ///< 16 scalar
  kSharedShift,          ///< XNNPACK: 21-bit multipliers, one shift, half up
  kSharedShiftHalfAway,  ///< QNNPACK: 22-bit multipliers, one shift, half away from zero
  kBinary32Fused,        ///< MLAS with AVX2: both ratios and the zero points in binary32, fused, half to even
  /// Mesa, NN core v8: a convolution with weights of 8 bits, whose scale the larger of both ratios sets
  kEightBitWeights,
  /// Mesa, NN core v7: the same, input 1 with input 0's zero point and a correction rounded by itself
  kEightBitWeightsSharedZero,
  kReal,  ///< (a*s_a + b*s_b)/s_out in binary64
};
template <>
inline constexpr std::array<std::string_view, 8> kNames<AddMethod> = {
    "two_stage",         "two_stage_vectorized",          "shared_shift", "shared_shift_half_away", "binary32_fused",
    "eight_bit_weights", "eight_bit_weights_shared_zero", "real"};

enum class MulMethod : std::uint8_t {
  kFixedPoint,            ///< product, then `mul`
  kFixedPointVectorized,  ///< the same, but vector shifts by 32 and more give 0; the last size mod 16
                          ///< elements scalar
  kReal,                  ///< product * M in binary64
};
template <>
inline constexpr std::array<std::string_view, 3> kNames<MulMethod> = {"fixed_point", "fixed_point_vectorized", "real"};

enum class PoolMethod : std::uint8_t {
  kRawHalfAway,  ///< average of the stored codes, half away from zero
  /// the sum of q - zp over the whole window, padding included, by the profile's `average` (QNNPACK)
  kRescaledWindow,
  kReciprocal,  ///< the sum of q - zp times a 31-bit reciprocal of the count, half up (TOSA)
  kReal,        ///< the mean
};
template <>
inline constexpr std::array<std::string_view, 4> kNames<PoolMethod> = {"raw_half_away", "rescaled_window", "reciprocal",
                                                                       "real"};

enum class MeanMethod : std::uint8_t {
  kFoldedCount,        ///< 1/n folded into the multiplier, one MBQM of sum - n*zp (TFLite >= 2.13, generic)
  kScaledThenDivided,  ///< MBQM of the sum, then an integer division by n (TFLite <= 2.12 reference, axes 1
                       ///< and 2)
  kBinary32Bias,       ///< binary32 set-up, MBQM of the raw sum plus a bias (TFLite optimised, axes 1 and 2), built
                       ///< without vector code
  kBinary32BiasVectorized,  ///< the same; blocks of 16 channels break ties upward, the last ones away from zero
  kBinary32Mean,            ///< binary32 mean, scale and bias; half away from zero (TFLite <= 2.12, other axes)
  kBinary32,                ///< XNNPACK: binary32(sum)*scale + bias, by `real_rounding`
  kRescaledSum,             ///< the sum of q - zp by the profile's `average`
  kReal,                    ///< binary64
};
template <>
inline constexpr std::array<std::string_view, 8> kNames<MeanMethod> = {
    "folded_count", "scaled_then_divided", "binary32_bias", "binary32_bias_vectorized", "binary32_mean",
    "binary32",     "rescaled_sum",        "real"};

enum class SumMethod : std::uint8_t {
  kFixedPointOfBytes,  ///< MBQM of sum - n*zp; int8 codes are read and written as uint8 ones (a fault of TFLite's
                       ///< reference kernel since 2.13)
  kBinary32HalfAway,   ///< binary32, half away from zero (TFLite >= 2.13, optimised)
  kWrapping,           ///< the codes' sum, whatever the scales (int16)
  kBinary32Wrapping,   ///< binary32, half away from zero; wraps beyond the type's range (TFLite <= 2.12)
  kBinary32,           ///< XNNPACK: binary32(sum)*scale + bias, by `real_rounding`
  kReal,               ///< binary64
};
template <>
inline constexpr std::array<std::string_view, 6> kNames<SumMethod> = {
    "fixed_point_of_bytes", "binary32_half_away", "wrapping", "binary32_wrapping", "binary32", "real"};

enum class DivMethod : std::uint8_t {
  kFixedPoint,  ///< reciprocal by Newton steps (TFLite)
  kReal,        ///< the quotient in binary64
};
template <>
inline constexpr std::array<std::string_view, 2> kNames<DivMethod> = {"fixed_point", "real"};

enum class SquaredDifferenceMethod : std::uint8_t {
  kFixedPoint,  ///< 7 more bits for the difference, then its square (TFLite)
  kSubThenPow,  ///< the difference as a code of the output, then its square: what is below the output's range is lost
                ///< (tflite-vx-delegate)
};
template <>
inline constexpr std::array<std::string_view, 2> kNames<SquaredDifferenceMethod> = {"fixed_point", "sub_then_pow"};

enum class ProdMethod : std::uint8_t {
  kScaledSteps,  ///< every step scaled by s_in / s_out^(1/n) in 16 bits (TFLite)
  kReal,         ///< the real product
};
template <>
inline constexpr std::array<std::string_view, 2> kNames<ProdMethod> = {"scaled_steps", "real"};

enum class SoftmaxMethod : std::uint8_t {
  kFixedPoint,       ///< gemmlowp exp and reciprocal, Q5.26 (reference kernels)
  kBinary32Table,    ///< 256 binary32 exponentials, binary32 sum and product (optimised kernels)
  kUint16Table,      ///< 16-bit table, integer sum, MBQM (optimised kernels on AArch64)
  kUint32Table,      ///< QNNPACK: table of 23 bits, integer sum and quotient, half up
  kFixedPointTable,  ///< TensorFlow's TOSA: kFixedPoint with exponentials from a 32-bit table, half up
  kReal,             ///< binary64
};
template <>
inline constexpr std::array<std::string_view, 6> kNames<SoftmaxMethod> = {
    "fixed_point", "binary32_table", "uint16_table", "uint32_table", "fixed_point_table", "real"};

enum class TableMethod : std::uint8_t {
  kBinary32HalfAway,  ///< f(x) in binary32 times 1/s, half away from zero before the zero point (TFLite)
  kBinary32WithZero,  ///< f(x)/s + zero point, by `real_rounding` (XNNPACK)
  kReal,              ///< binary64
  /// f at binary16 numbers of 4 fraction bits (16 an octave, both signs: 1,024 entries), kept in 16 bits, straight
  /// lines between, in binary64 (VeriSilicon's tensor processor as Mesa programs it; how it interpolates is not known)
  kPiecewiseLinear,
};
template <>
inline constexpr std::array<std::string_view, 4> kNames<TableMethod> = {"binary32_half_away", "binary32_with_zero",
                                                                        "real", "piecewise_linear"};

/// What becomes of a real beyond int32 that is made an integer, which C++ leaves open.
enum class RealOverflow : std::uint8_t {
  kSaturates,
  kLowest,  ///< x86's instruction gives -2^31
};
template <>
inline constexpr std::array<std::string_view, 2> kNames<RealOverflow> = {"saturates", "lowest"};

enum class LeakyReluMethod : std::uint8_t {
  kFixedPoint,  ///< one MBQM for each sign
  kEightBits,   ///< XNNPACK: the ratios as multiples of 1/256, half up
  kBinary32,    ///< QNNPACK: binary32, half to even, then the zero point
  kReal,        ///< binary64
};
template <>
inline constexpr std::array<std::string_view, 4> kNames<LeakyReluMethod> = {"fixed_point", "eight_bits", "binary32",
                                                                            "real"};

enum class HardSwishMethod : std::uint8_t {
  kFixedPoint,            ///< 16-bit fixed point (TFLite's scalar code)
  kFixedPointVectorized,  ///< the same with NEON's roundings in blocks of 8
  kBinary32,              ///< binary32, operation by operation, half to even with the zero point (VeriSilicon's shader)
  kReal,                  ///< binary64
};
template <>
inline constexpr std::array<std::string_view, 4> kNames<HardSwishMethod> = {"fixed_point", "fixed_point_vectorized",
                                                                            "binary32", "real"};

/// LOGISTIC and TANH of int8 codes.
enum class Int8FunctionMethod : std::uint8_t {
  kTable,       ///< as `table` says
  kFixedPoint,  ///< gemmlowp's functions in Q4.27 (TensorFlow Lite Micro)
};
template <>
inline constexpr std::array<std::string_view, 2> kNames<Int8FunctionMethod> = {"table", "fixed_point"};

/// LOGISTIC and TANH of int16 codes whose scale is a power of two.
enum class Int16FunctionMethod : std::uint8_t {
  kTable,       ///< TFLite's interpolated table, as for every other scale (reference)
  kFixedPoint,  ///< gemmlowp's functions in Q3.12 (optimised)
};
template <>
inline constexpr std::array<std::string_view, 2> kNames<Int16FunctionMethod> = {"table", "fixed_point"};

enum class QuantizeMethod : std::uint8_t {
  kDivideHalfAway,          ///< v / s in binary32, half away from zero, then the zero point (reference)
  kDivideWideHalfAway,      ///< the same with v / s in binary64 (optimised without vector code)
  kReciprocalHalfAway,      ///< v * (1/s) in binary32, half away from zero: reference kernels on AArch64 before LiteRT
  kReciprocalHalfEven,      ///< v * (1/s) in binary32, half to even, then the zero point (XNNPACK)
  kReciprocalVectorized,    ///< as kReciprocalHalfEven; the last size mod 8 elements as binary64 v/s, half away
                            ///< from zero
  kDivideHalfEvenWithZero,  ///< v / s + zero point in binary32, half to even (VIP)
};
template <>
inline constexpr std::array<std::string_view, 6> kNames<QuantizeMethod> = {
    "divide_half_away",     "divide_wide_half_away", "reciprocal_half_away",
    "reciprocal_half_even", "reciprocal_vectorized", "divide_half_even_with_zero"};

enum class RequantizeMethod : std::uint8_t {
  kScalar,      ///< MBQM, half away from zero (reference)
  kVectorized,  ///< MBQM; blocks of 16 half up, the last size mod 16 half away from zero (optimised, NEON)
  kEightBits,   ///< XNNPACK: the ratio as a multiple of 1/256, half up
  kReal,        ///< code * the ratio in binary32
};
template <>
inline constexpr std::array<std::string_view, 4> kNames<RequantizeMethod> = {"scalar", "vectorized", "eight_bits",
                                                                             "real"};

enum class DequantizeMethod : std::uint8_t {
  kBinary64,        ///< binary64 scale * (code - zp), to binary32
  kBinary32,        ///< binary32 product
  kBinary32Offset,  ///< code * s + (-zp * s) in binary32; the last size mod 8 as kBinary64 (optimised, NEON)
};
template <>
inline constexpr std::array<std::string_view, 3> kNames<DequantizeMethod> = {"binary64", "binary32", "binary32_offset"};

enum class ConcatenationMethod : std::uint8_t {
  kBinary32HalfAway,  ///< inputs of another scale: binary32 rescale, half away from zero
  kCopies,            ///< the codes as they are, whatever the scales (Mesa)
  kReal,              ///< code * the ratio in binary32
};
template <>
inline constexpr std::array<std::string_view, 3> kNames<ConcatenationMethod> = {"binary32_half_away", "copies", "real"};

enum class ResizeBilinearMethod : std::uint8_t {
  kTenBits,       ///< int8: 10-bit positions and weights, half away from zero; uint8: binary32, +0.5 cut off
  kWeightsFirst,  ///< the same; for uint8 the two weights' product first (optimised)
  kFactored,      ///< the same; for uint8 as compiled with re-association for AArch64 (reference before LiteRT)
  kElevenBits,    ///< XNNPACK: 11-bit weights, half up
};
template <>
inline constexpr std::array<std::string_view, 4> kNames<ResizeBilinearMethod> = {"ten_bits", "weights_first",
                                                                                 "factored", "eleven_bits"};

}  // namespace nputwin
