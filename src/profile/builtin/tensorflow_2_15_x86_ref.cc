#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tensorflow_2_15_x86_ref() {
  Profile p = tflite_2_14_x86_ref();
  p.name = "tensorflow-2.15-x86-ref";
  p.summary = "tensorflow 2.15.0, x86-64, reference kernels";
  p.registry = OpRegistry::kTensorflow215Ref;
  p.real_overflow = RealOverflow::kSaturates;
  p.int16->convolution_width = p.int16->fully_connected_width = Int16SumWidth::kOptionOr64;

  p.know(Family::kInt16, Confidence::kMeasured,
         "layers: M in 16 bits, half up, without a bias too; sums of 32 bits: double; functions by interpolated tables",
         kVersionMap);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
