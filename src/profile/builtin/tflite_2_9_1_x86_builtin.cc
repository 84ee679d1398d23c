#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_9_1_x86_builtin() {
  Profile p = tflite_2_9_1_x86_ref();
  p.name = "tflite-2.9.1-x86-builtin";
  p.summary = "tflite-runtime 2.9.1, x86-64, optimised kernels without XNNPACK (built without vector code)";
  p.registry = OpRegistry::kTflite291;
  p.int16->int32_sum = rules::kSingle;  // ruy in plain C++
  p.int16->fully_connected_int32_sum = rules::binary32_product(rules::kSingle);
  p.batch_matmul = BatchMatmulRule::same(rules::binary32_product(rules::kSingle));
  p.l2_pool = L2PoolMethod::kReciprocal;
  p.int8.conv = {rules::kSingle, rules::kSingle, rules::kDouble};
  p.int8.fully_connected = MatmulRule::same(rules::binary32_product(rules::kSingle));
  p.int16_functions = Int16FunctionMethod::kFixedPoint;
  p.resize_bilinear = ResizeBilinearMethod::kWeightsFirst;
  p.quantize = QuantizeMethod::kDivideWideHalfAway;
  p.softmax = SoftmaxMethod::kBinary32Table;
  p.hard_swish_of_numbers = HardSwishOfNumbers::kSixthLast;

  p.know(Family::kConvolution, Confidence::kMeasured, "int8: single (portable ruy); uint8: double (gemmlowp)",
         kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured,
         "int8: single (portable ruy); uint8: double (gemmlowp); per-channel weights: M = 0", kGoldenHashes);
  p.know(Family::kBatchMatmul, Confidence::kMeasured, "single (portable ruy); M with s_in*s_w in binary32",
         kGoldenHashes);
  p.know(Family::kSoftmax, Confidence::kMeasured, "binary32 table and sum", kGoldenHashes);
  p.know(Family::kQuantize, Confidence::kMeasured, "v/s in binary64, half away from zero; 8 to 8 bits: double",
         kGoldenHashes);
  p.know(Family::kResizeBilinear, Confidence::kMeasured,
         "10-bit positions, half away from zero; uint8: binary32, weights first", kGoldenHashes);
  p.know(Family::kInt16, Confidence::kMeasured,
         "layers: M in 16 bits, half up; sums of 32 bits: single; functions of power-of-two scales: gemmlowp's, "
         "else interpolated tables",
         kGoldenHashes);
  return p;
}

}  // namespace nputwin
