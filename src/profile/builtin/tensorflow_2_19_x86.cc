#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tensorflow_2_19_x86() {
  Profile p = litert_1_4_x86();
  p.name = "tensorflow-2.19-x86";
  p.summary = "tensorflow 2.19.0, x86-64, what Interpreter(model) gives (XNNPACK)";
  p.registry = OpRegistry::kTensorflow219;
  p.delegate_checks = DelegateChecks::kUntil219;
  p.fallback = "tensorflow-2.19-x86-builtin";

  cite_version_map(p);
  return p;
}

}  // namespace nputwin
