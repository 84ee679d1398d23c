#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tosa_1_0_double() {
  Profile p = tflite_2_14_x86_ref();
  p.name = "tosa-1.0-double";
  p.summary = "TOSA 1.0 as TensorFlow writes a TFLite model, RESCALE with DOUBLE_ROUND where it asks for it";
  p.batch_matmul_column_scales = ColumnScales::kUnknown;
  p.cast_overflow = RealOverflow::kSaturates;
  p.registry = OpRegistry::kNone;
  p.evidence.clear();
  p.int16.reset(), p.sum_int16.reset();
  p.int8 = p.uint8 = Profile::EightBit::same(rules::kDouble);
  p.mul = rules::kDouble;
  p.relu = rules::kSingle;
  p.average_pool = PoolMethod::kReciprocal;
  p.average = rules::kSingle;
  p.mean = MeanRules::same(MeanMethod::kRescaledSum);
  p.softmax = SoftmaxMethod::kFixedPointTable;
  p.table = TableMethod::kReal;
  p.hard_swish = HardSwishMethod::kReal;
  constexpr RealRule kTables{Rounding::kHalfAwayFromZero, false};
  p.real_of[static_cast<std::size_t>(Family::kTable)] = kTables;
  p.real_of[static_cast<std::size_t>(Family::kHardSwish)] = kTables;

  constexpr const char* kSpec =
      "TOSA 1.0 RESCALE, apply_scale_32, @cd5acdd; TensorFlow mlir/tosa legalize_tfl.cc says which scales";
  constexpr const char* kWritten = "TensorFlow mlir/tosa legalize_tfl.cc, legalize_common.cc";
  for (const Family f :
       {Family::kConvolution, Family::kDepthwise, Family::kTransposeConvolution, Family::kFullyConnected})
    p.know(f, Confidence::kSource, "double, scales in binary64", kSpec);
  p.know(Family::kAdd, Confidence::kSource, "as TFLite's scalar code", kWritten);
  p.know(Family::kMul, Confidence::kSource, "double, scales in binary32", kWritten);
  p.know(Family::kAveragePool, Confidence::kSource, "sum of q - zp times a 31-bit reciprocal of the count, half up",
         "TOSA 1.0 AVG_POOL2D @cd5acdd");
  p.know(Family::kMean, Confidence::kSource, "one rounding half up of the sum, 1/n in the scale", kWritten);
  p.know(Family::kRelu, Confidence::kSource, "single, clamped", kWritten);
  p.know(Family::kSoftmax, Confidence::kSource, "gemmlowp's with exponentials from a 32-bit table, shifts half up",
         kWritten);
  p.know(Family::kTable, Confidence::kSource,
         "table of 256: f in binary64, half away from zero before the zero point (LOGISTIC, TANH; the others "
         "assumed)",
         kWritten);
  p.know(Family::kHardSwish, Confidence::kSource, "table of 256 in binary64, half away from zero", kWritten);
  p.know(Family::kQuantize, Confidence::kSource, "codes: double; numbers: as TFLite's reference", kWritten);
  p.know(Family::kDequantize, Confidence::kSource, "(q - zp) * s in binary32", kWritten);
  p.dequantize = DequantizeMethod::kBinary32;
  p.know(Family::kNumbers, Confidence::kAssumed, "binary32, operation by operation", kWritten);
  p.know(Family::kNumberFunctions, Confidence::kAssumed, "in binary64, rounded once to binary32", kWritten);
  know_movement(p);
  leave_unknown(p, "not read: TensorFlow writes it as other ops, or not at all");
  return p;
}

}  // namespace nputwin
