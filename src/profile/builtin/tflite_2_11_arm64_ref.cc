#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tflite_2_11_arm64_ref() {
  Profile p = tflite_2_9_1_arm64_ref();
  p.name = "tflite-2.11-arm64-ref";
  p.summary = "tflite-runtime 2.11.0, AArch64, reference kernels";
  p.registry = OpRegistry::kTflite211Ref;
  p.fully_connected_per_channel = true;
  p.mean = MeanRules::same(MeanMethod::kBinary32Mean);

  p.know(Family::kMean, Confidence::kMeasured, "binary32 mean", kVersionMap);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
