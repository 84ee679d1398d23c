#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile litert_2_1_arm64() {
  Profile p = litert_2_1_arm64_builtin();
  p.name = "litert-2.1-arm64";
  p.summary = "ai-edge-litert 2.1.0, AArch64 (Cortex-A53), what Interpreter(model) gives (XNNPACK)";
  p.int8 = {MatmulRule::same(rules::kF32), DepthwiseRule::same(rules::kF32), MatmulRule::same(rules::kF32)};
  p.uint8 = {MatmulRule::same(rules::kRndnu), DepthwiseRule::same(rules::kRndnu), MatmulRule::same(rules::kRndnu)};
  p.add = AddMethod::kSharedShift;
  p.mul_method = MulMethod::kFixedPoint;
  p.mul = rules::kRndnu;
  p.mean_spatial = p.mean_general = MeanMethod::kBinary32;
  p.table = TableMethod::kHalfEvenWithZero;
  p.quantize = QuantizeMethod::kReciprocalHalfEven;
  p.requantize = RequantizeMethod::kEightBits;
  p.dequantize = DequantizeMethod::kBinary32;
  p.resize_bilinear = ResizeBilinearMethod::kElevenBits;
  p.fallback = "litert-2.1-arm64-builtin";
  return p;
}

}  // namespace nputwin
