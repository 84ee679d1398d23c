#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fixed/requantize.h"
#include "profile/families.h"

namespace nputwin {

/// A matrix product's rule; several runtimes send a product with a single column (one output position)
/// elsewhere.
struct MatmulRule {
  RequantizeRule rule;
  RequantizeRule single_column;
  RequantizeRule grouped;  ///< convolutions in groups
  bool operator==(const MatmulRule&) const = default;

  static constexpr MatmulRule same(RequantizeRule r) { return {r, r, r}; }
};

/// Layers of int16 codes with int8 weights, by the type of the bias.
struct Int16Rules {
  RequantizeRule int64_bias, int32_bias, no_bias;
  /// FULLY_CONNECTED with one scale for all weights, if by rules of its own.
  std::optional<RequantizeRule> fully_connected_int64_bias, fully_connected_no_bias;
  bool operator==(const Int16Rules&) const = default;
};

/// A depthwise convolution's rule. Vector code that takes channels in blocks leaves the last ones to scalar
/// code, and AArch64 has a routine of its own for 3x3 filters (TFLite depthwiseconv_3x3_filter_common.h says
/// for which).
struct DepthwiseRule {
  RequantizeRule rule;
  RequantizeRule last_channels;  ///< channels beyond the last whole block
  RequantizeRule fast_3x3;
  int block = 1;
  bool operator==(const DepthwiseRule&) const = default;

  static constexpr DepthwiseRule same(RequantizeRule r) { return {r, r, r, 1}; }
};

enum class AddMethod : std::uint8_t {
  kTwoStage,            ///< inputs scaled by 2^20 and MBQM, sum scaled by MBQM: TFLite's scalar code
  kTwoStageVectorized,  ///< the same with the input's right shift folded into the left one; the last size mod
                        ///< 16 scalar
  kSharedShift,         ///< XNNPACK: 21-bit multipliers, one shift, half up
  kReal,                ///< (a*s_a + b*s_b)/s_out + zp in binary64, rounded once, half to even
};

enum class MulMethod : std::uint8_t {
  kFixedPoint,            ///< product, then `mul`
  kFixedPointVectorized,  ///< the same, but vector shifts by 32 and more give 0; the last size mod 16
                          ///< elements scalar
  kReal,                  ///< product * M + zp in binary64, half to even
};

enum class PoolMethod : std::uint8_t {
  kRawHalfAway,  ///< average of the stored codes, half away from zero
  kReal,         ///< average of the stored codes, half to even
};

enum class MeanMethod : std::uint8_t {
  kFoldedCount,        ///< 1/n folded into the multiplier, one MBQM of sum - n*zp (TFLite >= 2.13, generic)
  kScaledThenDivided,  ///< MBQM of the sum, then an integer division by n (TFLite <= 2.12 reference, axes 1
                       ///< and 2)
  kBinary32Bias,  ///< binary32 set-up, MBQM of the raw sum plus a bias (TFLite optimised, axes 1 and 2), built
                  ///< without vector code
  kBinary32BiasVectorized,  ///< the same; blocks of 16 channels break ties upward, the last ones away from zero
  kBinary32Mean,  ///< binary32 mean, scale and bias; half away from zero (TFLite <= 2.12, other axes)
  kBinary32,      ///< XNNPACK: binary32(sum)*scale + bias, by `real_rounding`
  kReal,          ///< binary64, half to even with the zero point inside
};

/// By the reduced axes (spatial: 1 and 2 of rank 4, kept) and the type.
struct MeanRules {
  MeanMethod int8_spatial, uint8_spatial, int16_spatial, general;
  bool negative_axes_count = false;  ///< -3 and -2 are spatial too
  bool operator==(const MeanRules&) const = default;

  static constexpr MeanRules same(MeanMethod m) { return {m, m, m, m}; }
};

enum class SumMethod : std::uint8_t {
  kFixedPointOfBytes,  ///< MBQM of sum - n*zp; int8 codes are read and written as uint8 ones (a fault of TFLite's
                       ///< reference kernel since 2.13)
  kBinary32HalfAway,  ///< binary32, half away from zero (TFLite >= 2.13, optimised)
  kWrapping,          ///< the codes' sum, whatever the scales (int16)
  kBinary32Wrapping,  ///< binary32, half away from zero; wraps beyond the type's range (TFLite <= 2.12)
  kBinary32,          ///< XNNPACK: binary32(sum)*scale + bias, by `real_rounding`
  kReal,              ///< binary64, half to even with the zero point inside
};

enum class SoftmaxMethod : std::uint8_t {
  kFixedPoint,     ///< gemmlowp exp and reciprocal, Q5.26 (reference kernels)
  kBinary32Table,  ///< 256 binary32 exponentials, binary32 sum and product (optimised kernels)
  kUint16Table,    ///< 16-bit table, integer sum, MBQM (optimised kernels on AArch64)
  kReal,           ///< binary64, half to even
};

enum class TableMethod : std::uint8_t {
  kBinary32HalfAway,  ///< f(x) in binary32 times 1/s, half away from zero before the zero point (TFLite)
  kBinary32WithZero,  ///< f(x)/s + zero point, by `real_rounding` (XNNPACK)
  kReal,              ///< binary64, half to even with the zero point inside
};

/// What becomes of a real beyond int32 that is made an integer, which C++ leaves open.
enum class RealOverflow : std::uint8_t {
  kSaturates,
  kLowest,  ///< x86's instruction gives -2^31
};

enum class LeakyReluMethod : std::uint8_t {
  kFixedPoint,  ///< one MBQM for each sign
  kEightBits,   ///< XNNPACK: the ratios as multiples of 1/256, half up
  kReal,        ///< binary64, half to even with the zero point inside
};

enum class HardSwishMethod : std::uint8_t {
  kFixedPoint,            ///< 16-bit fixed point (TFLite's scalar code)
  kFixedPointVectorized,  ///< the same with NEON's roundings in blocks of 8
  kReal,                  ///< binary64, half to even with the zero point inside
};

/// LOGISTIC and TANH of int8 codes.
enum class Int8FunctionMethod : std::uint8_t {
  kTable,       ///< as `table` says
  kFixedPoint,  ///< gemmlowp's functions in Q4.27 (TensorFlow Lite Micro)
};

/// LOGISTIC and TANH of int16 codes whose scale is a power of two.
enum class Int16FunctionMethod : std::uint8_t {
  kTable,       ///< TFLite's interpolated table, as for every other scale (reference)
  kFixedPoint,  ///< gemmlowp's functions in Q3.12 (optimised)
};

enum class QuantizeMethod : std::uint8_t {
  kDivideHalfAway,      ///< v / s in binary32, half away from zero, then the zero point (reference)
  kDivideWideHalfAway,  ///< the same with v / s in binary64 (optimised without vector code)
  kReciprocalHalfAway,  ///< v * (1/s) in binary32, half away from zero (reference as compiled for AArch64 before LiteRT)
  kReciprocalHalfEven,    ///< v * (1/s) in binary32, half to even, then the zero point (XNNPACK)
  kReciprocalVectorized,  ///< as kReciprocalHalfEven; the last size mod 8 elements as binary64 v/s, half away
                          ///< from zero
  kDivideHalfEvenWithZero,  ///< v / s + zero point in binary32, half to even (VIP)
};

enum class RequantizeMethod : std::uint8_t {
  kScalar,      ///< MBQM, half away from zero (reference)
  kVectorized,  ///< MBQM; blocks of 16 half up, the last size mod 16 half away from zero (optimised, NEON)
  kEightBits,   ///< XNNPACK: the ratio as a multiple of 1/256, half up
  kReal,        ///< binary32 ratio, zero point inside, half to even
};

enum class DequantizeMethod : std::uint8_t {
  kBinary64,        ///< binary64 scale * (code - zp), to binary32
  kBinary32,        ///< binary32 product
  kBinary32Offset,  ///< code * s + (-zp * s) in binary32; the last size mod 8 as kBinary64 (optimised, NEON)
};

enum class ConcatenationMethod : std::uint8_t {
  kBinary32HalfAway,  ///< inputs of another scale: binary32 rescale, half away from zero
  kReal,              ///< binary32 ratio, half to even with the zero point inside
};

enum class ResizeBilinearMethod : std::uint8_t {
  kTenBits,       ///< int8: 10-bit positions and weights, half away from zero; uint8: binary32, +0.5 cut off
  kWeightsFirst,  ///< the same; for uint8 the two weights' product first (optimised)
  kFactored,    ///< the same; for uint8 as compiled with re-association for AArch64 (reference before LiteRT)
  kElevenBits,  ///< XNNPACK: 11-bit weights, half up
};

/// An op that a delegate takes, and for which types of its inputs and outputs that are not constant; indices,
/// shapes and conditions do not count.
struct DelegatedOp {
  std::string_view op;
  bool float32, int8, uint8;
};

/// The arithmetic of one runtime or chip: which rule each op family follows. A value: copy it and change
/// fields to get a variant. `evidence` says how surely each family is known.
struct Profile {
  std::string name;
  std::vector<std::string> aliases;  ///< other builds that were found to compute the same on everything
  std::string summary;

  struct EightBit {
    MatmulRule conv;
    DepthwiseRule depthwise;
    MatmulRule fully_connected;
    DepthwiseRule transpose_conv;  ///< uint8: blocks of all elements, not of channels
    bool operator==(const EightBit&) const = default;
  };
  EightBit int8, uint8;
  std::optional<Int16Rules> int16;  ///< nothing: not known
  /// FULLY_CONNECTED knows per-channel scales. Where not, it takes several for none: M is 0 and every output its zero point.
  bool fully_connected_per_channel = true;
  AddMethod add = AddMethod::kTwoStage;
  AddMethod sub = AddMethod::kTwoStage;
  MulMethod mul_method = MulMethod::kFixedPoint;
  RequantizeRule mul;
  RequantizeRule batch_matmul;
  bool batch_matmul_drops_zero = false;  ///< the second input counts as if its zero point were 0
  PoolMethod average_pool = PoolMethod::kRawHalfAway;
  MeanRules mean = MeanRules::same(MeanMethod::kFoldedCount);
  SumMethod sum = SumMethod::kBinary32HalfAway;
  std::optional<SumMethod> sum_int16 = SumMethod::kWrapping;  ///< nothing: not known
  SoftmaxMethod softmax = SoftmaxMethod::kFixedPoint;
  TableMethod table = TableMethod::kBinary32HalfAway;
  RequantizeRule relu;
  LeakyReluMethod leaky_relu = LeakyReluMethod::kFixedPoint;
  HardSwishMethod hard_swish = HardSwishMethod::kFixedPoint;
  Int8FunctionMethod int8_functions = Int8FunctionMethod::kTable;
  Int16FunctionMethod int16_functions = Int16FunctionMethod::kTable;
  QuantizeMethod quantize = QuantizeMethod::kDivideHalfAway;
  RequantizeMethod requantize = RequantizeMethod::kScalar;
  bool lstm_projection_vectorized = false;  ///< blocks of 16 round the second step half up
  bool lstm_subtracts_hidden_zero = false;  ///< without projection; a fault of TFLite before 2.11
  bool lstm_by_tables =
      false;  ///< TensorFlow Lite Micro: int16 LOGISTIC, TANH and MUL instead of gemmlowp's functions
  DequantizeMethod dequantize = DequantizeMethod::kBinary64;
  ConcatenationMethod concatenation = ConcatenationMethod::kBinary32HalfAway;
  ResizeBilinearMethod resize_bilinear = ResizeBilinearMethod::kTenBits;

  /// The compiler fused a*b + c of binary32 into one rounding (AArch64): XNNPACK's tables and means,
  /// DEQUANTIZE.
  bool fused_multiply_add = false;

  /// Reals beyond int32 in tables.
  RealOverflow real_overflow = RealOverflow::kSaturates;

  /// How XNNPACK turns reals into codes in tables and means: half away from zero before its commit 76c91a5d
  /// of January 2026, half to even since.
  Rounding real_rounding = Rounding::kHalfToEven;

  /// For a runtime with a delegate (XNNPACK): the ops that it takes, and the profile of the runtime's own kernels, which
  /// compute what it leaves. Limits on scales and shapes stand with each op.
  std::vector<DelegatedOp> delegated;
  std::string fallback;

  std::vector<Evidence> evidence;

  /// Says how a family's rule is known; replaces what was said before (by the profile that this one was
  /// copied from).
  void know(Family family, Confidence confidence, std::string rule, std::string source);

  /// What was said of a family; kUnknown where nothing was.
  [[nodiscard]] Evidence evidence_of(Family family) const;

  [[nodiscard]] const EightBit& eight_bit(bool is_uint8) const { return is_uint8 ? uint8 : int8; }
};

/// All built-in profiles, in the order in which `nputwin profiles` lists them.
[[nodiscard]] std::span<const Profile> builtin_profiles();

/// The built-in profile of that name or alias, under the name that was asked for; the error lists the names
/// there are.
[[nodiscard]] Result<Profile> find_profile(std::string_view name);

}  // namespace nputwin
