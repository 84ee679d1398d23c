#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_micro() {
  Profile p = tflite_2_14_x86_ref();
  p.name = "tflite-micro";
  p.summary = "TensorFlow Lite Micro, its reference kernels";
  p.registry = OpRegistry::kTflm;
  p.binary64_ratios = true;
  p.int8 = p.uint8 = Profile::EightBit::same(rules::kDouble);
  p.batch_matmul = BatchMatmulRule::same(rules::kDouble);
  p.batch_matmul_column_scales = ColumnScales::kFirst;
  p.int16->fully_connected_int64_sum.reset();
  p.int16->fully_connected_int32_sum.reset();
  p.int16->convolution_width = p.int16->fully_connected_width = Int16SumWidth::kBiasOrOption;
  p.softmax_tables_in_binary32 = true;
  p.int16_rsqrt_by_steps = true;
  p.add_shifts_powers_of_two = false;
  p.relu6_clamps_input = true;
  p.sum = SumMethod::kFixedPoint;
  p.sum_int16 = SumMethod::kFixedPoint;
  p.space_to_batch_pads_code_0 = true;
  p.lstm_by_tables = true;
  p.int8_functions = Int8FunctionMethod::kFixedPoint;

  p.know(Family::kConvolution, Confidence::kMeasured, "double; M in binary64", kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured, "double; M in binary64", kGoldenHashes);
  p.know(Family::kBatchMatmul, Confidence::kMeasured, "double; M in binary64", kGoldenHashes);
  p.know(Family::kMul, Confidence::kMeasured, "double; M in binary64", kGoldenHashes);
  p.know(Family::kDivision, Confidence::kMeasured, "reciprocal by Newton steps, then MBQM twice; ratio in binary64",
         kGoldenHashes);
  p.know(Family::kArithmetic, Confidence::kMeasured, "MBQM, ratios in binary64; roots by Newton steps", kGoldenHashes);
  p.know(Family::kSum, Confidence::kMeasured, "MBQM of the sum without zero points", kGoldenHashes);
  p.know(Family::kTable, Confidence::kMeasured,
         "LOGISTIC, TANH: gemmlowp's functions in Q4.27; others by a binary32 table", kGoldenHashes);
  p.know(Family::kRelu, Confidence::kMeasured, "double, ratio in binary64; RELU6 clamps the input's codes",
         kGoldenHashes);
  p.know(Family::kLeakyRelu, Confidence::kMeasured, "an MBQM for each sign, ratios in binary64", kGoldenHashes);
  p.know(Family::kSvdf, Confidence::kMeasured, "MBQM after each of the two sums, ratios in binary64; int8 state too",
         kGoldenHashes);
  p.know(Family::kConcatenation, Confidence::kMeasured, "copies", kGoldenHashes);
  p.know(Family::kResizeBilinear, Confidence::kMeasured, "10-bit positions, half away from zero", kGoldenHashes);
  p.know(Family::kMovement, Confidence::kMeasured, "moves codes; SPACE_TO_BATCH_ND pads with code 0", kGoldenHashes);
  p.know(Family::kDetection, Confidence::kSource, "binary64 box centres, binary32 overlaps",
         "kernels read in the source: TFLite's own reference headers");
  p.know(Family::kNumbers, Confidence::kMeasured, "binary32, operation by operation", kGoldenHashes);
  p.know(Family::kNumberFunctions, Confidence::kSource, kFunctionInBinary64, kFunctionsTried);
  p.know(Family::kInt16, Confidence::kMeasured,
         "layers: M in 16 bits, half up; sums of 32 bits: double; ADD and SUB of all scales in two stages; functions "
         "by interpolated tables, SOFTMAX's in binary32",
         kGoldenHashes);
  return p;
}

}  // namespace nputwin
