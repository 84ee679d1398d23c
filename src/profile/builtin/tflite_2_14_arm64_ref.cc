#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tflite_2_14_arm64_ref() {
  Profile p = tflite_2_14_x86_ref();
  p.name = "tflite-2.14-arm64-ref";
  p.summary = "tflite-runtime 2.14.0, AArch64, reference kernels";
  p.fused_multiply_add = true;
  p.real_overflow = RealOverflow::kSaturates;
  p.resize_bilinear = ResizeBilinearMethod::kFactored;
  p.quantize = QuantizeMethod::kReciprocalHalfAway;

  p.know(Family::kQuantize, Confidence::kMeasured, "v*(1/s) half away from zero; 8 to 8 bits: double",
         kGoldenHashes);
  p.know(Family::kResizeBilinear, Confidence::kMeasured,
         "10-bit positions, half away from zero; uint8: binary32, factored and fused", kGoldenHashes);
  return p;
}

}  // namespace nputwin
