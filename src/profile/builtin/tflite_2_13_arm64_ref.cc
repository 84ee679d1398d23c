#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tflite_2_13_arm64_ref() {
  Profile p = tflite_2_14_arm64_ref();
  p.name = "tflite-2.13-arm64-ref";
  p.summary = "tflite-runtime 2.13.0, AArch64, reference kernels";

  sum_by_fixed_point(p);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
