#include "profile/builtin/builtin.h"
#include "profile/builtin/xnnpack.h"
#include "profile/rules.h"

namespace nputwin {

Profile litert_2_1_arm64() {
  Profile p = litert_2_1_arm64_builtin();
  p.name = "litert-2.1-arm64";
  p.summary = "ai-edge-litert 2.1.0, AArch64 (Cortex-A53), what Interpreter(model) gives (XNNPACK)";
  p.int8 = Profile::EightBit::same(rules::kF32);
  p.uint8 = Profile::EightBit::same(rules::kRndnu);
  p.batch_matmul = BatchMatmulRule::same(rules::kF32);
  p.batch_matmul_drops_zero = p.fully_connected_drops_zero = true;
  p.add = AddMethod::kSharedShift;
  p.sub.reset();
  p.mul_method = MulMethod::kFixedPoint;
  p.mul = rules::kRndnu;
  p.mean = MeanRules::same(MeanMethod::kBinary32);
  p.sum = SumMethod::kBinary32;
  p.leaky_relu = LeakyReluMethod::kEightBits;
  p.table = TableMethod::kBinary32WithZero;
  p.real_rounding = Rounding::kHalfAwayFromZero;
  p.hard_swish_of_numbers = HardSwishOfNumbers::kClipped;
  p.quantize = QuantizeMethod::kReciprocalHalfEven;
  p.requantize = RequantizeMethod::kEightBits;
  p.dequantize = DequantizeMethod::kBinary32;
  p.resize_bilinear = ResizeBilinearMethod::kElevenBits;
  p.delegate = Delegate::kXnnpack;
  p.delegated = xnnpack_ops();
  p.delegate_checks = DelegateChecks::kUntilLitert21;
  p.same_padding_wraps = true;
  p.fallback = "litert-2.1-arm64-builtin";

  p.know(Family::kConvolution, Confidence::kMeasured, "int8: f32; uint8: rndnu", kGoldenHashes);
  p.know(Family::kDepthwise, Confidence::kMeasured, "int8: f32; uint8: rndnu", kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured,
         "int8: f32, a zero point of the weights is left out (a fault); uint8: rndnu", kGoldenHashes);
  p.know(Family::kAdd, Confidence::kMeasured, "one shared shift, half up", kGoldenHashes);
  p.know(Family::kMul, Confidence::kMeasured, "rndnu", kGoldenHashes);
  p.know(Family::kMean, Confidence::kMeasured, "binary32, fused, half away from zero", kGoldenHashes);
  p.know(Family::kTable, Confidence::kMeasured, "binary32 table, half away from zero with the zero point, fused",
         kGoldenHashes);
  p.know(Family::kQuantize, Confidence::kMeasured, "v*(1/s) half to even; 8 to 8 bits: ratio in 1/256, half up",
         kGoldenHashes);
  p.know(Family::kDequantize, Confidence::kMeasured, "binary32 product", kGoldenHashes);
  p.know(Family::kResizeBilinear, Confidence::kMeasured, "11-bit weights, half up", kGoldenHashes);
  p.know(Family::kTransposeConvolution, Confidence::kMeasured, "int8: f32; uint8: rndnu", kGoldenHashes);
  p.know(Family::kBatchMatmul, Confidence::kMeasured, "f32; the second input's zero point is left out (a fault)",
         kGoldenHashes);
  p.know(Family::kSum, Confidence::kMeasured, "binary32, fused, half away from zero", kGoldenHashes);
  p.know(Family::kLeakyRelu, Confidence::kMeasured,
         "LEAKY_RELU: ratios in 1/256, half up; PRELU: an MBQM for each sign", kGoldenHashes);
  p.know(Family::kNumbers, Confidence::kMeasured, "binary32, operation by operation; sums are refused", kGoldenHashes);
  p.know(
      Family::kNumberFunctions, Confidence::kSource,
      "in binary64, rounded once, EXP as XNNPACK's rational function; XNNPACK's others are off in the last places now "
      "and then; SOFTMAX is refused",
      kFunctionsTried);
  return p;
}

}  // namespace nputwin
