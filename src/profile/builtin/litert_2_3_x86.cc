#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile litert_2_3_x86() {
  Profile p = litert_2_1_arm64();
  p.name = "litert-2.3-x86";
  p.summary = "ai-edge-litert 2.3.0, x86-64, what Interpreter(model) gives (XNNPACK)";
  p.registry = OpRegistry::kLitert23;
  p.uint8 = p.int8;
  p.batch_matmul_drops_zero = p.fully_connected_drops_zero = false;
  p.mul = rules::kF32;
  p.softmax = SoftmaxMethod::kBinary32Table;
  p.fused_multiply_add = false;
  p.real_rounding = Rounding::kHalfToEven;
  p.delegate_checks = DelegateChecks::kNow;
  p.same_padding_wraps = false;
  p.fallback = "litert-2.3-x86-builtin";

  p.know(Family::kConvolution, Confidence::kMeasured, "f32", kGoldenHashes);
  p.know(Family::kDepthwise, Confidence::kMeasured, "f32", kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured, "f32", kGoldenHashes);
  p.know(Family::kMul, Confidence::kMeasured, "f32", kGoldenHashes);
  p.know(Family::kMean, Confidence::kMeasured, "binary32, half to even", kGoldenHashes);
  p.know(Family::kTable, Confidence::kMeasured, "binary32 table, half to even with the zero point", kGoldenHashes);
  p.know(Family::kSoftmax, Confidence::kMeasured, "binary32 table and sum", kGoldenHashes);
  p.know(Family::kTransposeConvolution, Confidence::kMeasured, "f32", kGoldenHashes);
  p.know(Family::kBatchMatmul, Confidence::kMeasured, "f32", kGoldenHashes);
  p.know(Family::kSum, Confidence::kMeasured, "binary32, half to even", kGoldenHashes);
  p.know(Family::kNumbers, Confidence::kMeasured, "binary32, operation by operation; sums are refused", kGoldenHashes);
  p.know(Family::kNumberFunctions, Confidence::kSource,
         "in binary64, rounded once; XNNPACK's functions are off in the last places now and then, EXP, SQRT and RSQRT "
         "by up to 2 units (the processor's estimates); SOFTMAX is refused",
         kFunctionsTried);
  return p;
}

}  // namespace nputwin
