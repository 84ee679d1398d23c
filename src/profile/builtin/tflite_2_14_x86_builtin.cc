#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_14_x86_builtin() {
  Profile p = tflite_2_9_1_x86_builtin();
  p.name = "tflite-2.14-x86-builtin";
  p.summary = "tflite-runtime 2.14.0, x86-64, optimised kernels without XNNPACK (ruy with AVX, else no vector code)";
  p.registry = OpRegistry::kTflite214;
  p.prod_of_one = ProdOfOneMethod::kUndefined;
  p.int8.conv = {rules::kDoubleHalfUp, rules::kDoubleHalfUp, rules::kDouble};
  p.int8.fully_connected = MatmulRule::same(rules::binary32_product(rules::kDoubleHalfUp));
  p.transpose_conv_activation = true;
  p.lstm_subtracts_hidden_zero = false;
  p.fully_connected_per_channel = true;
  p.int16->int32_sum = rules::kDoubleHalfUp;
  p.int16->fully_connected_int32_sum = rules::binary32_product(rules::kDoubleHalfUp);
  p.batch_matmul = BatchMatmulRule::same(rules::binary32_product(rules::kDoubleHalfUp));
  p.sum = SumMethod::kBinary32HalfAway;
  p.sum_adds_equal_codes = false;
  p.mean = {MeanMethod::kBinary32Bias, MeanMethod::kBinary32Bias, MeanMethod::kFoldedCount, MeanMethod::kFoldedCount};
  p.real_overflow = RealOverflow::kLowest;

  p.know(Family::kConvolution, Confidence::kMeasured,
         "int8: half up in both steps (ruy with AVX); uint8: double (gemmlowp)", kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured,
         "int8: half up in both steps (ruy with AVX); uint8: double (gemmlowp)", kGoldenHashes);
  p.know(Family::kBatchMatmul, Confidence::kMeasured,
         "half up in both steps (ruy with AVX); M with s_in*s_w in binary32", kGoldenHashes);
  p.know(Family::kInt16, Confidence::kMeasured,
         "layers: M in 16 bits, half up; sums of 32 bits: half up in both steps; functions of power-of-two scales: "
         "gemmlowp's, else interpolated tables",
         kGoldenHashes);
  p.know(Family::kMean, Confidence::kMeasured, "axes 1 and 2 kept: binary32 set-up; else 1/n folded into M",
         kGoldenHashes);
  p.know(Family::kSum, Confidence::kMeasured, "binary32, half away from zero", kGoldenHashes);
  p.know(Family::kLstm, Confidence::kMeasured, "gemmlowp's functions", kGoldenHashes);
  return p;
}

}  // namespace nputwin
