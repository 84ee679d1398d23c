#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tflite_2_13_arm64_builtin() {
  Profile p = tflite_2_14_arm64_builtin();
  p.name = "tflite-2.13-arm64-builtin";
  p.summary = "tflite-runtime 2.13.0, AArch64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kTflite213;
  p.batch_matmul = tflite_2_9_1_arm64_builtin().batch_matmul;

  p.know(Family::kBatchMatmul, Confidence::kMeasured,
         "double; one row: half up in both steps; M with s_in*s_w in binary32", kVersionMap);
  sum_by_fixed_point(p);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
