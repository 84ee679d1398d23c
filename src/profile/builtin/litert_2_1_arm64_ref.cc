#include "profile/builtin/builtin.h"

namespace nputwin {

Profile litert_2_1_arm64_ref() {
  Profile p = litert_2_3_x86_ref();
  p.name = "litert-2.1-arm64-ref";
  p.summary = "ai-edge-litert 2.1.0, AArch64, reference kernels";
  p.cast_overflow = RealOverflow::kSaturates;
  p.registry = OpRegistry::kLitert21Ref;
  p.fused_multiply_add = true;
  p.l2_normalization_of_numbers = L2NormOfNumbers::kEights;

  p.know(Family::kResizeBilinear, Confidence::kMeasured,
         "10-bit positions, half away from zero; uint8: binary32, fused", kGoldenHashes);
  return p;
}

}  // namespace nputwin
