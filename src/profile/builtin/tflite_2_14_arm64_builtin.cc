#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_14_arm64_builtin() {
  Profile p = tflite_2_9_1_arm64_builtin();
  p.name = "tflite-2.14-arm64-builtin";
  p.summary = "tflite-runtime 2.14.0, AArch64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kTflite214;
  p.transpose_conv_activation = true;
  p.prod_of_one = ProdOfOneMethod::kUndefined;
  p.lstm_subtracts_hidden_zero = false;
  p.fully_connected_per_channel = true;
  p.batch_matmul.by_rows = p.batch_matmul.one_row_by_rows = rules::binary32_product(rules::kSingle);
  p.sum = SumMethod::kBinary32HalfAway;
  p.sum_adds_equal_codes = false;
  p.mean.int16_spatial = p.mean.general = MeanMethod::kFoldedCount;

  p.know(Family::kBatchMatmul, Confidence::kMeasured,
         "without adj_y: single (ruy); else double, one row: half up in both steps; M with s_in*s_w in binary32",
         kGoldenHashes);
  p.know(Family::kMean, Confidence::kMeasured,
         "axes 1 and 2 kept: binary32 set-up, blocks of 16 channels half up; else 1/n folded into M", kGoldenHashes);
  p.know(Family::kSum, Confidence::kMeasured, "binary32, half away from zero", kGoldenHashes);
  p.know(Family::kLstm, Confidence::kMeasured, "gemmlowp's functions; projections half up in blocks of 16",
         kGoldenHashes);
  return p;
}

}  // namespace nputwin
