#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tflite_2_11_arm64_builtin() {
  Profile p = tflite_2_9_1_arm64_builtin();
  p.name = "tflite-2.11-arm64-builtin";
  p.summary = "tflite-runtime 2.11.0, AArch64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kTflite211;
  p.fully_connected_per_channel = true;
  p.mean.int16_spatial = MeanMethod::kBinary32Mean;

  p.know(Family::kMean, Confidence::kMeasured,
         "axes 1 and 2 kept: binary32 set-up, blocks of 16 channels half up, int16 a binary32 mean; else a binary32 "
         "mean",
         kVersionMap);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
