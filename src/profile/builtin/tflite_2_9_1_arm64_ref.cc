#include "profile/builtin/builtin.h"

namespace nputwin {

Profile reference_on_arm64(Profile p) {
  p.fused_multiply_add = true;
  p.reassociates = true;
  p.l2_normalization_of_numbers = L2NormOfNumbers::kFourLanes;
  p.hard_swish_of_numbers = HardSwishOfNumbers::kSixthFirst;
  p.cast_overflow = RealOverflow::kSaturates;
  p.resize_bilinear = ResizeBilinearMethod::kFactored;
  p.quantize = QuantizeMethod::kReciprocalHalfAway;

  p.know(Family::kQuantize, Confidence::kMeasured, "v*(1/s) half away from zero; 8 to 8 bits: double", kGoldenHashes);
  p.know(Family::kResizeBilinear, Confidence::kMeasured,
         "10-bit positions, half away from zero; uint8: binary32, factored and fused", kGoldenHashes);
  return p;
}

Profile tflite_2_9_1_arm64_ref() {
  Profile p = reference_on_arm64(tflite_2_9_1_x86_ref());
  p.name = "tflite-2.9.1-arm64-ref";
  p.summary = "tflite-runtime 2.9.1, AArch64, reference kernels";
  p.registry = OpRegistry::kTflite291Ref;
  return p;
}

}  // namespace nputwin
