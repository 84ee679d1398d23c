#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fixed/real_rule.h"
#include "fixed/requantize.h"
#include "profile/families.h"
#include "profile/methods.h"

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

/// By the reduced axes (spatial: 1 and 2 of rank 4, kept) and the type.
struct MeanRules {
  MeanMethod int8_spatial, uint8_spatial, int16_spatial, general;
  bool negative_axes_count = false;  ///< -3 and -2 are spatial too
  bool operator==(const MeanRules&) const = default;

  static constexpr MeanRules same(MeanMethod m) { return {m, m, m, m}; }
};

/// What takes ops over from a runtime's own kernels; session/placement/delegates.h says which.
enum class Delegate : std::uint8_t { kNone, kXnnpack, kVx };
template <>
inline constexpr std::array<std::string_view, 3> kNames<Delegate> = {"none", "xnnpack", "vx"};

/// An op that XNNPACK takes, and for which types of its inputs and outputs that are not constant; indices,
/// shapes and conditions do not count.
struct DelegatedOp {
  std::string op;
  bool float32 = false, int8 = false, uint8 = false;
};

/// The arithmetic of one runtime or chip: which rule each op family follows. A value: copy it and change
/// fields to get a variant. `evidence` says how surely each family is known. parameters.h lists the fields that
/// decide numbers by the names they have in files and on the command line.
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

    static constexpr EightBit same(RequantizeRule r) {
      return {MatmulRule::same(r), DepthwiseRule::same(r), MatmulRule::same(r), DepthwiseRule::same(r)};
    }
  };
  EightBit int8, uint8;
  std::optional<Int16Rules> int16;  ///< nothing: not known
  /// FULLY_CONNECTED knows per-channel scales. Where not, it takes several for none: M is 0 and every output its
  /// zero point.
  bool fully_connected_per_channel = true;
  bool fully_connected_drops_zero = false;  ///< int8 weights count as if their zero point were 0
  RequantizeRule batch_matmul;
  bool batch_matmul_drops_zero = false;  ///< the second input counts as if its zero point were 0
  /// Weights with a scale for each channel become weights of 8 bits with one scale for all: another network.
  bool requantizes_weights = false;
  RequantizeRule mul;
  RequantizeRule relu;

  /// How often MultiplyByQuantizedMultiplier rounds in all ops whose method is fixed point.
  FixedPointRoundings fixed_point_roundings = FixedPointRoundings::kTwo;

  /// How methods called kReal make codes, if not by family otherwise.
  RealRule real;
  std::array<std::optional<RealRule>, kNames<Family>.size()> real_of;

  AddMethod add = AddMethod::kTwoStage;
  AddMethod sub = AddMethod::kTwoStage;
  MulMethod mul_method = MulMethod::kFixedPoint;
  DivMethod div = DivMethod::kFixedPoint;
  SquaredDifferenceMethod squared_difference = SquaredDifferenceMethod::kFixedPoint;
  PoolMethod average_pool = PoolMethod::kRawHalfAway;
  RequantizeRule average;  ///< of sums that are averages: MeanMethod::kRescaledSum, PoolMethod::kRescaledWindow
  MeanRules mean = MeanRules::same(MeanMethod::kFoldedCount);
  SumMethod sum = SumMethod::kBinary32HalfAway;
  std::optional<SumMethod> sum_int16 = SumMethod::kWrapping;  ///< nothing: not known
  ProdMethod prod = ProdMethod::kScaledSteps;
  bool reduces_in_binary16 = false;  ///< real SUM and REDUCE_PROD over axes that are no neighbours
  SoftmaxMethod softmax = SoftmaxMethod::kFixedPoint;
  TableMethod table = TableMethod::kBinary32HalfAway;
  bool gelu_is_tanh = false;  ///< GELU by the hyperbolic tangent, whatever the model says
  LeakyReluMethod leaky_relu = LeakyReluMethod::kFixedPoint;
  HardSwishMethod hard_swish = HardSwishMethod::kFixedPoint;
  Int8FunctionMethod int8_functions = Int8FunctionMethod::kTable;
  Int16FunctionMethod int16_functions = Int16FunctionMethod::kTable;
  QuantizeMethod quantize = QuantizeMethod::kDivideHalfAway;
  RequantizeMethod requantize = RequantizeMethod::kScalar;
  DequantizeMethod dequantize = DequantizeMethod::kBinary64;
  ConcatenationMethod concatenation = ConcatenationMethod::kBinary32HalfAway;
  ResizeBilinearMethod resize_bilinear = ResizeBilinearMethod::kTenBits;

  bool lstm_projection_vectorized = false;  ///< blocks of 16 round the second step half up
  bool lstm_subtracts_hidden_zero = false;  ///< without projection; a fault of TFLite before 2.11
  /// TensorFlow Lite Micro: int16 LOGISTIC, TANH and MUL instead of gemmlowp's functions.
  bool lstm_by_tables = false;

  /// The compiler fused a*b + c of binary32 into one rounding (AArch64): XNNPACK's tables and means,
  /// DEQUANTIZE.
  bool fused_multiply_add = false;

  /// Reals beyond int32 in tables.
  RealOverflow real_overflow = RealOverflow::kSaturates;

  /// How XNNPACK turns reals into codes in tables and means: half away from zero before its commit 76c91a5d
  /// of January 2026, half to even since.
  Rounding real_rounding = Rounding::kHalfToEven;

  /// For a delegate in a runtime: the profile, as resolve_profile reads it, that computes what the delegate leaves; for
  /// XNNPACK the ops that this version takes.
  Delegate delegate = Delegate::kNone;
  std::vector<DelegatedOp> delegated;
  std::string fallback;

  /// What computes families of which nothing is known, by the name of a profile: named by the user, never built in.
  std::vector<std::pair<Family, std::string>> substitutes;

  std::vector<Evidence> evidence;

  /// Says how a family's rule is known; replaces what was said before (by the profile that this one was
  /// copied from).
  void know(Family family, Confidence confidence, std::string rule, std::string source);

  /// What was said of a family; kUnknown where nothing was.
  [[nodiscard]] Evidence evidence_of(Family family) const;

  [[nodiscard]] const RealRule& real_rule(Family family) const {
    const auto& own = real_of[static_cast<std::size_t>(family)];
    return own ? *own : real;
  }

  [[nodiscard]] const EightBit& eight_bit(bool is_uint8) const { return is_uint8 ? uint8 : int8; }
};

/// All built-in profiles, in the order in which `nputwin profiles` lists them.
[[nodiscard]] std::span<const Profile> builtin_profiles();

/// The built-in profile of that name or alias, under the name that was asked for; the error lists the names
/// there are.
[[nodiscard]] Result<Profile> find_profile(std::string_view name);

}  // namespace nputwin
