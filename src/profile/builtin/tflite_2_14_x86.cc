#include "profile/builtin/builtin.h"
#include "profile/builtin/xnnpack.h"

namespace nputwin {

Profile tflite_2_14_x86() {
  Profile p = with_xnnpack_for_binary32(tflite_2_14_x86_builtin());
  p.name = "tflite-2.14-x86";
  p.summary = "tflite-runtime 2.14.0, x86-64, what Interpreter(model) gives (XNNPACK only for float32 ops)";
  p.hard_swish_of_numbers = HardSwishOfNumbers::kClipped;
  return p;
}

}  // namespace nputwin
