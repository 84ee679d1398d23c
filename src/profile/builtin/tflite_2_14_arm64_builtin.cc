#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_14_arm64_builtin() {
  Profile p = tflite_2_9_1_arm64_builtin();
  p.name = "tflite-2.14-arm64-builtin";
  p.summary = "tflite-runtime 2.14.0, AArch64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kTflite214;
  p.lstm_subtracts_hidden_zero = false;
  p.fully_connected_per_channel = true;
  p.sum = SumMethod::kBinary32HalfAway;
  p.mean.int16_spatial = p.mean.general = MeanMethod::kFoldedCount;

  p.know(Family::kMean, Confidence::kMeasured,
         "axes 1 and 2 kept: binary32 set-up, blocks of 16 channels half up; else 1/n folded into M", kGoldenHashes);
  p.know(Family::kSum, Confidence::kMeasured, "binary32, half away from zero", kGoldenHashes);
  p.know(Family::kLstm, Confidence::kMeasured, "gemmlowp's functions; projections half up in blocks of 16",
         kGoldenHashes);
  return p;
}

}  // namespace nputwin
