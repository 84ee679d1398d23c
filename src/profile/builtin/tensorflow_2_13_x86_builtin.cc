#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tensorflow_2_13_x86_builtin() {
  Profile p = tensorflow_2_15_x86_builtin();
  p.name = "tensorflow-2.13-x86-builtin";
  p.summary = "tensorflow 2.13.0, x86-64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kTflite213;
  p.int16->convolution_width = Int16SumWidth::kBias;

  sum_by_fixed_point(p);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
