#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tflite_2_11_x86_builtin() {
  Profile p = tflite_2_9_1_x86_builtin();
  p.name = "tflite-2.11-x86-builtin";
  p.summary = "tflite-runtime 2.11.0, x86-64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kTflite211;
  p.fully_connected_per_channel = true;
  p.mean.int8_spatial = MeanMethod::kBinary32Bias;
  p.mean.int16_spatial = MeanMethod::kBinary32Mean;

  p.know(Family::kMean, Confidence::kMeasured,
         "axes 1 and 2 kept: binary32 set-up, int16 a binary32 mean; else a binary32 mean", kVersionMap);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
