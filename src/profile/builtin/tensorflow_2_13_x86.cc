#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tensorflow_2_13_x86() {
  Profile p = tensorflow_2_15_x86();
  p.name = "tensorflow-2.13-x86";
  p.summary = "tensorflow 2.13.0, x86-64, what Interpreter(model) gives (XNNPACK, without SUM)";
  p.registry = OpRegistry::kTflite213;
  p.fallback = "tensorflow-2.13-x86-builtin";

  cite_version_map(p);
  return p;
}

}  // namespace nputwin
