#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_9_1_x86_builtin() {
  Profile p = tflite_2_9_1_x86_ref();
  p.name = "tflite-2.9.1-x86-builtin";
  p.summary = "tflite-runtime 2.9.1, x86-64, optimised kernels without XNNPACK (built without vector code)";
  p.int16->int32_bias = p.int16->no_bias = rules::kSingle;  // ruy in plain C++
  p.int8.conv = {rules::kSingle, rules::kSingle, rules::kDouble};
  p.int8.fully_connected = MatmulRule::same(rules::binary32_product(rules::kSingle));
  p.int16_functions = Int16FunctionMethod::kFixedPoint;
  p.resize_bilinear = ResizeBilinearMethod::kWeightsFirst;
  p.quantize = QuantizeMethod::kDivideWideHalfAway;
  p.softmax = SoftmaxMethod::kBinary32Table;

  p.know(Family::kConvolution, Confidence::kMeasured, "int8: single (portable ruy); uint8: double (gemmlowp)", kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured, "int8: single (portable ruy); uint8: double (gemmlowp); per-channel weights: M = 0", kGoldenHashes);
  p.know(Family::kSoftmax, Confidence::kMeasured, "binary32 table and sum", kGoldenHashes);
  return p;
}

}  // namespace nputwin
