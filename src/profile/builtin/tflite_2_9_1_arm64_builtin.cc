#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_9_1_arm64_builtin() {
  Profile p = tflite_2_9_1_x86_ref();
  p.name = "tflite-2.9.1-arm64-builtin";
  p.summary = "tflite-runtime 2.9.1, AArch64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kTflite291;
  p.int16->int32_sum = rules::kSingle;  // ruy in plain C++
  p.int16->fully_connected_int32_sum = rules::binary32_product(rules::kSingle);
  p.batch_matmul.one_row = p.batch_matmul.one_row_by_rows = rules::binary32_product(rules::kDoubleHalfUp);
  p.cast_overflow = RealOverflow::kSaturates;
  p.l2_pool = L2PoolMethod::kReciprocal;
  p.int8.conv.single_column = rules::kDoubleHalfUp;
  p.int8.depthwise = {rules::kDoubleHalfUp, rules::kDouble, rules::kDoubleHalfUp, 8};
  p.uint8.conv.single_column = rules::binary32_product(rules::kDoubleHalfUp);
  p.uint8.depthwise.fast_3x3 = rules::binary32_product(rules::kDoubleHalfUp);
  p.int8.transpose_conv = {rules::kDoubleHalfUp, rules::kDouble, rules::kDoubleHalfUp, 8};
  p.uint8.transpose_conv = {rules::binary32_product(rules::kDoubleHalfUp), rules::binary32_product(rules::kDouble),
                            rules::binary32_product(rules::kDoubleHalfUp), 16};
  p.int8.fully_connected.single_column = rules::binary32_product(rules::kDoubleHalfUp);
  p.uint8.fully_connected.single_column = rules::binary32_product(rules::kDoubleHalfUp);
  p.add = AddMethod::kTwoStageVectorized;
  p.sub = AddMethod::kTwoStage;
  p.mul_method = MulMethod::kFixedPointVectorized;
  p.mean.int8_spatial = p.mean.uint8_spatial = MeanMethod::kBinary32BiasVectorized;
  p.hard_swish_of_numbers = HardSwishOfNumbers::kSixthFirst;
  p.hard_swish = HardSwishMethod::kFixedPointVectorized;
  p.int16_functions = Int16FunctionMethod::kFixedPoint;
  p.lstm_projection_vectorized = true;
  p.softmax = SoftmaxMethod::kBinary32Table;
  p.resize_bilinear = ResizeBilinearMethod::kWeightsFirst;
  p.quantize = QuantizeMethod::kReciprocalVectorized;
  p.requantize = RequantizeMethod::kVectorized;
  p.dequantize = DequantizeMethod::kBinary32Offset;
  p.fused_multiply_add = true;
  p.reassociates = true;
  p.l2_normalization_of_numbers = L2NormOfNumbers::kFourLanes;
  p.resize_bilinear_fours = true;

  p.know(Family::kConvolution, Confidence::kMeasured, "double; a product with one column: half up in both steps",
         kGoldenHashes);
  p.know(Family::kDepthwise, Confidence::kMeasured,
         "int8: half up in both steps, the last channels mod 8 double; uint8: double, fast 3x3: half up",
         kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured,
         "one row: half up in both steps; more: double; per-channel weights: M = 0", kGoldenHashes);
  p.know(Family::kAdd, Confidence::kMeasured,
         "two stages, the input shift cut off in blocks of 16 (uint8: 8), the rest scalar", kGoldenHashes);
  p.know(Family::kMul, Confidence::kMeasured, "double; M in binary32", kGoldenHashes);
  p.know(Family::kMean, Confidence::kMeasured,
         "axes 1 and 2 kept: binary32 set-up, blocks of 16 channels half up; else a binary32 mean", kGoldenHashes);
  p.know(Family::kBatchMatmul, Confidence::kMeasured,
         "double; one row: half up in both steps; M with s_in*s_w in binary32", kGoldenHashes);
  p.know(Family::kSoftmax, Confidence::kMeasured, "binary32 table and sum", kGoldenHashes);
  p.know(Family::kQuantize, Confidence::kMeasured,
         "v*(1/s) half to even, the last mod 8 half away; 8 to 8 bits: blocks of 16 half up", kGoldenHashes);
  p.know(Family::kDequantize, Confidence::kMeasured, "fused q*s + (-zp*s)", kGoldenHashes);
  p.know(Family::kTransposeConvolution, Confidence::kMeasured,
         "half up in both steps; int8: the last channels mod 8, uint8: the last elements mod 16 double", kGoldenHashes);
  p.know(Family::kHardSwish, Confidence::kMeasured, "16-bit fixed point; blocks of 8 by NEON's roundings",
         kGoldenHashes);
  p.know(Family::kResizeBilinear, Confidence::kMeasured,
         "10-bit positions, half away from zero; uint8: binary32, weights first, fused", kGoldenHashes);
  p.know(Family::kInt16, Confidence::kMeasured,
         "layers: M in 16 bits, half up; sums of 32 bits: single; functions of power-of-two scales: gemmlowp's, "
         "else interpolated tables",
         kGoldenHashes);
  return p;
}

}  // namespace nputwin
