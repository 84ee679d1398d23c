#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tensorflow_2_15_x86_builtin() {
  Profile p = litert_1_4_x86_builtin();
  p.name = "tensorflow-2.15-x86-builtin";
  p.summary = "tensorflow 2.15.0, x86-64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kTensorflow215;
  p.int16->fully_connected_int64_sum.reset();
  p.sum_int16 = SumMethod::kWrapping;
  p.l2_pool = L2PoolMethod::kEstimate;

  p.know(Family::kInt16, Confidence::kMeasured,
         "as TFLite: FULLY_CONNECTED with sums of 64 bits: M in 16 bits, half up; SUM wraps", kVersionMap);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
