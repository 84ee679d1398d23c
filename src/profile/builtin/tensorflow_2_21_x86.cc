#include "profile/builtin/builtin.h"
#include "profile/builtin/xnnpack.h"

namespace nputwin {

Profile tensorflow_2_21_x86() {
  Profile p = litert_1_4_x86();
  p.name = "tensorflow-2.21-x86";
  p.summary = "tensorflow 2.21.0, x86-64, what Interpreter(model) gives (XNNPACK)";
  p.registry = OpRegistry::kTensorflow221;
  p.delegated = xnnpack_ops();
  p.batch_matmul = litert_2_3_x86().batch_matmul;
  p.fallback = "tensorflow-2.21-x86-builtin";
  p.batch_matmul_drops_zero = true;

  p.know(Family::kBatchMatmul, Confidence::kMeasured, "f32; the second input's zero point is left out (a fault)",
         kVersionMap);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
