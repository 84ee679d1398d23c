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
#include "profile/delegate.h"
#include "profile/evidence.h"
#include "profile/families/add.h"
#include "profile/families/arithmetic.h"
#include "profile/families/average_pool.h"
#include "profile/families/batch_matmul.h"
#include "profile/families/concatenation.h"
#include "profile/families/convolution.h"
#include "profile/families/depthwise.h"
#include "profile/families/dequantize.h"
#include "profile/families/division.h"
#include "profile/families/hard_swish.h"
#include "profile/families/int16.h"
#include "profile/families/leaky_relu.h"
#include "profile/families/mean.h"
#include "profile/families/mul.h"
#include "profile/families/normalization.h"
#include "profile/families/numbers.h"
#include "profile/families/quantize.h"
#include "profile/families/resize_bilinear.h"
#include "profile/families/softmax.h"
#include "profile/families/sum.h"
#include "profile/families/table.h"
#include "profile/op_versions.h"

namespace nputwin {

/// The arithmetic of one runtime or chip: which rule each op family follows. A value: copy it and change
/// fields to get a variant. `evidence` says how well each family is known. The families' files say what their methods
/// are; parameters.h lists the fields that decide numbers by the names they have in files and on the command line.
struct Profile {
  std::string name;
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
  BatchMatmulRule batch_matmul;
  ColumnScales batch_matmul_column_scales = ColumnScales::kUnknown;
  bool transpose_conv_activation = true;  ///< TRANSPOSE_CONV applies its fused activation; else it ignores it
  bool batch_matmul_drops_zero = false;   ///< the second input counts as if its zero point were 0
  /// Weights with a scale for each channel become weights of 8 bits with one scale for all: another network.
  bool requantizes_weights = false;
  RequantizeRule mul;
  RequantizeRule relu;

  /// TensorFlow Lite Micro: fixed-point code forms ratios of scales in binary64, where TFLite's does in binary32. Of
  /// layers, their rules say it.
  bool binary64_ratios = false;
  /// TensorFlow Lite Micro: RELU6 clamps the input's codes to those of 0 and 6, whatever the output's quantization.
  bool relu6_clamps_input = false;

  /// How often MultiplyByQuantizedMultiplier rounds in all ops whose method is fixed point.
  FixedPointRoundings fixed_point_roundings = FixedPointRoundings::kTwo;

  /// How exact methods (kExactMethod) make codes, if not by family otherwise.
  RealRule real;
  std::array<std::optional<RealRule>, kEnumNames<Family>.size()> real_of;

  AddMethod add = AddMethod::kTwoStage;
  std::optional<AddMethod> sub;          ///< nothing: as `add`
  bool add_shifts_powers_of_two = true;  ///< int16 ADD and SUB whose scales are powers of two
  MulMethod mul_method = MulMethod::kFixedPoint;
  DivMethod div = DivMethod::kFixedPoint;
  SquaredDifferenceMethod squared_difference = SquaredDifferenceMethod::kFixedPoint;
  PoolMethod average_pool = PoolMethod::kRawHalfAway;
  L2PoolMethod l2_pool = L2PoolMethod::kQuotient;
  RequantizeRule average;  ///< of sums that are averages: MeanMethod::kRescaledSum, PoolMethod::kRescaledWindow
  MeanRules mean = MeanRules::same(MeanMethod::kFoldedCount);
  SumMethod sum = SumMethod::kBinary32HalfAway;
  /// An 8-bit SUM of equal scales and zero points adds the codes as they are; what passes their range wraps.
  bool sum_adds_equal_codes = false;
  std::optional<SumMethod> sum_int16 = SumMethod::kWrapping;  ///< nothing: not known
  ProdMethod prod = ProdMethod::kScaledSteps;
  ProdOfOneMethod prod_of_one = ProdOfOneMethod::kScaled;
  bool reduces_in_binary16 = false;  ///< real SUM and REDUCE_PROD over axes that are no neighbours
  SoftmaxMethod softmax = SoftmaxMethod::kFixedPoint;
  TableMethod table = TableMethod::kBinary32HalfAway;
  bool gelu_is_tanh = false;  ///< GELU by the hyperbolic tangent, whatever the model says
  LeakyReluMethod leaky_relu = LeakyReluMethod::kFixedPoint;
  HardSwishMethod hard_swish = HardSwishMethod::kFixedPoint;
  HardSwishOfNumbers hard_swish_of_numbers = HardSwishOfNumbers::kDivided;
  L2NormOfNumbers l2_normalization_of_numbers = L2NormOfNumbers::kInOrder;
  Int8FunctionMethod int8_functions = Int8FunctionMethod::kTable;
  Int16FunctionMethod int16_functions = Int16FunctionMethod::kTable;
  bool softmax_tables_in_binary32 = false;  ///< int16 SOFTMAX forms its interpolated tables in binary32, not binary64
  bool int16_rsqrt_by_steps = false;  ///< int16 RSQRT by Newton steps as int8's, not by TFLite's interpolated table
  QuantizeMethod quantize = QuantizeMethod::kDivideHalfAway;
  RequantizeMethod requantize = RequantizeMethod::kScalar;
  DequantizeMethod dequantize = DequantizeMethod::kBinary64;
  ConcatenationMethod concatenation = ConcatenationMethod::kBinary32HalfAway;
  ResizeBilinearMethod resize_bilinear = ResizeBilinearMethod::kTenBits;
  /// Of binary32 numbers, full fours of channels multiply and add apart where the rest fuses (fused_multiply_add).
  bool resize_bilinear_fours = false;

  /// TensorFlow Lite Micro: SPACE_TO_BATCH_ND pads with code 0, whatever the zero point.
  bool space_to_batch_pads_code_0 = false;

  bool lstm_projection_vectorized = false;  ///< blocks of 16 round the second step half up
  bool lstm_subtracts_hidden_zero = false;  ///< without projection; a fault of TFLite before 2.11
  /// TensorFlow Lite Micro: int16 LOGISTIC, TANH and MUL instead of gemmlowp's functions.
  bool lstm_by_tables = false;

  /// The compiler fused a*b + c of binary32 into one rounding (AArch64): XNNPACK's tables and means, DEQUANTIZE, tables
  /// of int16 codes.
  bool fused_multiply_add = false;
  /// Compiled with permission to re-associate binary32 expressions: CONCATENATION, MEAN, RESIZE_BILINEAR and XNNPACK's
  /// DIV have them in another order (tflite-runtime's wheels for AArch64).
  bool reassociates = false;

  /// Reals beyond int32 in tables.
  RealOverflow real_overflow = RealOverflow::kSaturates;

  /// Reals beyond int32 where C code casts them: FLOOR_DIV, POW.
  RealOverflow cast_overflow = RealOverflow::kSaturates;

  /// How XNNPACK turns reals into codes in tables and means: half away from zero before its commit 76c91a5d
  /// of January 2026, half to even since.
  Rounding real_rounding = Rounding::kHalfToEven;

  OpRegistry registry = OpRegistry::kNone;

  /// For a delegate in a runtime: the ops that this version of XNNPACK claims, and the fallback profile, as
  /// resolve_profile reads it, which computes what the delegate rejects.
  Delegate delegate = Delegate::kNone;
  std::vector<DelegatedOp> delegated;
  /// XNNPACK's convolutions: where SAME padding comes out negative it wraps, and every tap reads zeros; not of 1x1
  /// kernels.
  bool same_padding_wraps = false;
  DelegateChecks delegate_checks = DelegateChecks::kNow;
  std::string fallback;

  /// Overrides: the profiles, by name, that compute families of which nothing is known. Named by the user, never built
  /// in.
  std::vector<std::pair<Family, std::string>> overrides;

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

  [[nodiscard]] AddMethod sub_method() const { return sub.value_or(add); }

  [[nodiscard]] const EightBit& eight_bit(bool is_uint8) const { return is_uint8 ? uint8 : int8; }
};

/// All built-in profiles, in the order in which `nputwin profiles` lists them.
[[nodiscard]] std::span<const Profile> builtin_profiles();

/// The built-in profile of that name; the error lists the names there are.
[[nodiscard]] Result<Profile> find_profile(std::string_view name);

}  // namespace nputwin
