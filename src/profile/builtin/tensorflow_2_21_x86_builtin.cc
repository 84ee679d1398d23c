#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tensorflow_2_21_x86_builtin() {
  Profile p = litert_1_4_x86_builtin();
  p.name = "tensorflow-2.21-x86-builtin";
  p.summary = "tensorflow 2.21.0, x86-64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kTensorflow221;
  p.batch_matmul = litert_2_3_x86_builtin().batch_matmul;
  p.l2_pool = L2PoolMethod::kEstimate;

  p.know(Family::kBatchMatmul, Confidence::kMeasured, "double; M with s_in*s_w in binary32", kVersionMap);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
