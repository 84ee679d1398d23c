#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_9_1_arm64() {
  Profile p = tflite_2_9_1_arm64_ref();
  p.name = "tflite-2.9.1-arm64";
  p.summary = "tflite-runtime 2.9.1, AArch64, what Interpreter(model) gives (optimised kernels; no XNNPACK)";
  p.int8.conv.single_column = rules::kDoubleHalfUp;
  p.int8.depthwise = {rules::kDoubleHalfUp, rules::kDouble, rules::kDoubleHalfUp, 8};
  p.uint8.conv.single_column = rules::binary32_product(rules::kDoubleHalfUp);
  p.uint8.depthwise.fast_3x3 = rules::binary32_product(rules::kDoubleHalfUp);
  p.int8.fully_connected = MatmulRule::same(rules::binary32_product(rules::kDoubleHalfUp));
  p.uint8.fully_connected = MatmulRule::same(rules::binary32_product(rules::kDoubleHalfUp));
  p.add = AddMethod::kTwoStageVectorized;
  p.mul_method = MulMethod::kFixedPointVectorized;
  p.mean_spatial = MeanMethod::kBinary32BiasVectorized;
  p.softmax = SoftmaxMethod::kBinary32Table;
  p.quantize = QuantizeMethod::kReciprocalVectorized;
  p.requantize = RequantizeMethod::kVectorized;
  p.dequantize = DequantizeMethod::kBinary32Offset;
  p.fused_multiply_add = true;
  return p;
}

}  // namespace nputwin
