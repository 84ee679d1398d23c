#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tflite_2_14_arm64_ref() {
  Profile p = reference_on_arm64(tflite_2_14_x86_ref());
  p.name = "tflite-2.14-arm64-ref";
  p.summary = "tflite-runtime 2.14.0, AArch64, reference kernels";
  p.real_overflow = RealOverflow::kSaturates;
  return p;
}

}  // namespace nputwin
