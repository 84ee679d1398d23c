#include "profile/builtin/builtin.h"
#include "profile/builtin/xnnpack.h"

namespace nputwin {

Profile tflite_2_11_x86() {
  Profile p = with_xnnpack_for_binary32(tflite_2_11_x86_builtin());
  p.name = "tflite-2.11-x86";
  p.summary = "tflite-runtime 2.11.0, x86-64, what Interpreter(model) gives (XNNPACK only for float32 ops)";
  p.hard_swish_of_numbers = HardSwishOfNumbers::kClipped;
  return p;
}

}  // namespace nputwin
