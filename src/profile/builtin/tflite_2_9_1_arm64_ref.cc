#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tflite_2_9_1_arm64_ref() {
  Profile p = tflite_2_9_1_x86_ref();
  p.name = "tflite-2.9.1-arm64-ref";
  p.summary = "tflite-runtime 2.9.1, AArch64, reference kernels";
  p.fused_multiply_add = true;
  p.resize_bilinear = ResizeBilinearMethod::kFactored;
  p.quantize = QuantizeMethod::kReciprocalHalfAway;
  return p;
}

}  // namespace nputwin
