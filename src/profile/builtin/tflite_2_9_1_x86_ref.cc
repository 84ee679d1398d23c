#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_9_1_x86_ref() {
  Profile p;
  p.name = "tflite-2.9.1-x86-ref";
  p.summary = "tflite-runtime 2.9.1, x86-64, reference kernels";
  p.registry = OpRegistry::kTflite291Ref;
  p.cast_overflow = RealOverflow::kLowest;
  constexpr RequantizeRule kDouble = rules::kDouble, kDouble32 = rules::binary32_product(rules::kDouble);
  p.int8 = {MatmulRule::same(kDouble), DepthwiseRule::same(kDouble), MatmulRule::same(kDouble32),
            DepthwiseRule::same(kDouble)};
  p.uint8 = {MatmulRule::same(kDouble32), DepthwiseRule::same(kDouble32), MatmulRule::same(kDouble32),
             DepthwiseRule::same(kDouble32)};
  p.batch_matmul = BatchMatmulRule::same(kDouble32);
  p.batch_matmul_column_scales = ColumnScales::kZero;
  p.int16 = Int16Rules{rules::kSixteenBits, rules::kDouble, rules::binary32_product(rules::kSixteenBits), kDouble32};
  p.fully_connected_per_channel = false;
  p.mul = rules::kDouble;
  p.relu = rules::kDouble;
  p.transpose_conv_activation = false;
  p.lstm_subtracts_hidden_zero = true;
  p.sum = SumMethod::kBinary32Wrapping;
  p.sum_adds_equal_codes = true;
  p.mean = {MeanMethod::kScaledThenDivided, MeanMethod::kBinary32Bias, MeanMethod::kScaledThenDivided,
            MeanMethod::kBinary32Mean};

  p.know(Family::kConvolution, Confidence::kMeasured, "double; M in binary64, for uint8 with s_in*s_w in binary32",
         kGoldenHashes);
  p.know(Family::kDepthwise, Confidence::kMeasured, "double; M as for convolution", kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured,
         "double; M with s_in*s_w in binary32; per-channel weights: M = 0", kGoldenHashes);
  p.know(Family::kAdd, Confidence::kMeasured, "two stages of MBQM, half away from zero", kGoldenHashes);
  p.know(Family::kMul, Confidence::kMeasured, "double; M in binary32", kGoldenHashes);
  p.know(Family::kAveragePool, Confidence::kMeasured, "average of the codes, half away from zero", kGoldenHashes);
  p.know(Family::kMean, Confidence::kMeasured,
         "axes 1 and 2 kept: MBQM, then an integer division; else a binary32 mean", kGoldenHashes);
  p.know(Family::kSoftmax, Confidence::kMeasured, "gemmlowp fixed point", kGoldenHashes);
  p.know(Family::kTable, Confidence::kMeasured, "LOGISTIC: binary32 table, half away from zero before the zero point",
         kGoldenHashes);
  p.know(Family::kRelu, Confidence::kMeasured, "double; ratio in binary32", kGoldenHashes);
  p.know(Family::kQuantize, Confidence::kMeasured, "v/s half away from zero; 8 to 8 bits: double", kGoldenHashes);
  p.know(Family::kDequantize, Confidence::kMeasured, "binary64 product", kGoldenHashes);
  p.know(Family::kConcatenation, Confidence::kMeasured, "copies; uint8 of another scale: binary32, half away from zero",
         kGoldenHashes);
  p.know(Family::kResizeBilinear, Confidence::kMeasured, "10-bit positions, half away from zero; uint8: binary32",
         kGoldenHashes);
  p.know(Family::kResizeNearest, Confidence::kMeasured, "moves codes", kGoldenHashes);
  p.know(Family::kMovement, Confidence::kMeasured, "moves codes", kGoldenHashes);
  p.know(Family::kDetection, Confidence::kMeasured, "binary64 box centres, binary32 overlaps", kGoldenHashes);
  p.know(Family::kTransposeConvolution, Confidence::kMeasured, "double; M as for convolution", kGoldenHashes);
  p.know(Family::kBatchMatmul, Confidence::kMeasured, "double; M with s_in*s_w in binary32", kGoldenHashes);
  p.know(Family::kDivision, Confidence::kMeasured, "reciprocal by Newton steps, then MBQM twice", kGoldenHashes);
  p.know(Family::kArithmetic, Confidence::kMeasured, "MBQM; roots by Newton steps", kGoldenHashes);
  p.know(Family::kSum, Confidence::kMeasured, "binary32, half away from zero; wraps", kGoldenHashes);
  p.know(Family::kHardSwish, Confidence::kMeasured, "16-bit fixed point", kGoldenHashes);
  p.know(Family::kLeakyRelu, Confidence::kMeasured, "an MBQM for each sign", kGoldenHashes);
  p.know(Family::kNormalization, Confidence::kMeasured, "inverse root by Newton steps", kGoldenHashes);
  p.know(Family::kComparison, Confidence::kMeasured, "both sides by MBQM with their scale", kGoldenHashes);
  p.know(Family::kLstm, Confidence::kMeasured,
         "gemmlowp's functions; without projection the hidden state's zero point is subtracted, not added (a "
         "fault)",
         kGoldenHashes);
  p.know(Family::kSvdf, Confidence::kMeasured, "MBQM after each of the two sums", kGoldenHashes);
  p.know(Family::kInt16, Confidence::kMeasured,
         "layers: M in 16 bits, half up; sums of 32 bits: double; functions by interpolated tables", kGoldenHashes);
  p.know(Family::kNumbers, Confidence::kMeasured, "binary32, operation by operation", kGoldenHashes);
  p.know(Family::kNumberFunctions, Confidence::kSource, kFunctionInBinary64, kFunctionsTried);
  return p;
}

}  // namespace nputwin
