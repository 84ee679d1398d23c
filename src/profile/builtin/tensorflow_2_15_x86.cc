#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tensorflow_2_15_x86() {
  Profile p = tensorflow_2_17_x86();
  p.name = "tensorflow-2.15-x86";
  p.summary = "tensorflow 2.15.0, x86-64, what Interpreter(model) gives (XNNPACK, without SUM)";
  p.registry = OpRegistry::kTensorflow215;
  p.delegate_checks = DelegateChecks::kUntil215;

  cite_version_map(p);
  return p;
}

}  // namespace nputwin
