#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile litert_2_1_arm64_builtin() {
  Profile p = tflite_2_9_1_arm64_builtin();
  p.name = "litert-2.1-arm64-builtin";
  p.summary = "ai-edge-litert 2.1.0, AArch64 (Cortex-A53), optimised kernels without XNNPACK";
  p.reassociates = false;
  p.l2_normalization_of_numbers = L2NormOfNumbers::kEights;
  p.resize_bilinear_fours = false;
  p.registry = OpRegistry::kLitert21;
  p.prod_of_one = ProdOfOneMethod::kUndefined;
  p.int8.conv = {rules::kSingle, rules::kDoubleHalfUp, rules::kDouble};
  p.uint8.conv = {rules::binary32_product(rules::kSingle), rules::binary32_product(rules::kDoubleHalfUp),
                  rules::binary32_product(rules::kDouble)};
  p.int8.fully_connected.rule = p.uint8.fully_connected.rule = rules::binary32_product(rules::kSingle);
  p.batch_matmul = BatchMatmulRule::same(rules::binary32_product(rules::kDouble));
  p.int16->fully_connected_int64_sum = rules::kReal64Wide;
  p.int16->convolution_width = Int16SumWidth::kOptionOr64;
  p.int16->fully_connected_width = Int16SumWidth::kBiasChecked;
  p.softmax = SoftmaxMethod::kUint16Table;
  p.fully_connected_per_channel = true;
  p.transpose_conv_activation = true;
  p.lstm_subtracts_hidden_zero = false;
  p.hard_swish_of_numbers = HardSwishOfNumbers::kSixthFirstInBlocks;
  p.sum = SumMethod::kBinary32HalfAway;
  p.sum_adds_equal_codes = false;
  p.sum_int16 = SumMethod::kBinary32HalfAway;
  p.mean.int16_spatial = p.mean.general = MeanMethod::kFoldedCount;

  p.know(Family::kConvolution, Confidence::kMeasured, "single (ruy); a product with one column: half up in both steps",
         kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured, "one row: half up in both steps; more: single", kGoldenHashes);
  p.know(Family::kBatchMatmul, Confidence::kMeasured, "double; M with s_in*s_w in binary32", kGoldenHashes);
  p.know(Family::kMean, Confidence::kMeasured,
         "axes 1 and 2 kept: binary32 set-up, blocks of 16 channels half up; else 1/n folded into M", kGoldenHashes);
  p.know(Family::kSoftmax, Confidence::kMeasured, "16-bit table, integer sum, MBQM", kGoldenHashes);
  p.know(Family::kSum, Confidence::kMeasured, "binary32, half away from zero", kGoldenHashes);
  p.know(Family::kLstm, Confidence::kMeasured, "gemmlowp's functions; projections half up in blocks of 16",
         kGoldenHashes);
  p.know(Family::kInt16, Confidence::kMeasured,
         "as TFLite; sums of 64 bits in FULLY_CONNECTED: binary64 product, half away from zero; SUM: binary32",
         kGoldenHashes);
  return p;
}

}  // namespace nputwin
