#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tensorflow_2_19_x86_builtin() {
  Profile p = tensorflow_2_15_x86_builtin();
  p.name = "tensorflow-2.19-x86-builtin";
  p.summary = "tensorflow 2.19.0, x86-64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kTensorflow219;
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
