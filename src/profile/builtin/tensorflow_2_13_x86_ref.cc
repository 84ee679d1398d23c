#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tensorflow_2_13_x86_ref() {
  Profile p = tflite_2_13_x86_ref();
  p.name = "tensorflow-2.13-x86-ref";
  p.summary = "tensorflow 2.13.0, x86-64, reference kernels";
  p.real_overflow = RealOverflow::kSaturates;

  cite_version_map(p);
  return p;
}

}  // namespace nputwin
