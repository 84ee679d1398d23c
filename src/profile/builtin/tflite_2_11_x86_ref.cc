#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tflite_2_11_x86_ref() {
  Profile p = tflite_2_9_1_x86_ref();
  p.name = "tflite-2.11-x86-ref";
  p.summary = "tflite-runtime 2.11.0, x86-64, reference kernels";
  p.registry = OpRegistry::kTflite211Ref;
  p.fully_connected_per_channel = true;
  p.mean = MeanRules::same(MeanMethod::kBinary32Mean);

  p.know(Family::kMean, Confidence::kMeasured, "binary32 mean", kVersionMap);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
