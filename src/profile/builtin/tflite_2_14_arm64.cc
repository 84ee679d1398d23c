#include "profile/builtin/builtin.h"
#include "profile/builtin/xnnpack.h"

namespace nputwin {

Profile tflite_2_14_arm64() {
  Profile p = with_xnnpack_for_binary32(tflite_2_14_arm64_builtin());
  p.name = "tflite-2.14-arm64";
  p.summary = "tflite-runtime 2.14.0, AArch64, what Interpreter(model) gives (XNNPACK only for float32 ops)";
  return p;
}

}  // namespace nputwin
