#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile litert_2_1_arm64_builtin() {
  Profile p = tflite_2_9_1_arm64();
  p.name = "litert-2.1-arm64-builtin";
  p.summary = "ai-edge-litert 2.1.0, AArch64 (Cortex-A53), optimised kernels without XNNPACK";
  p.int8.conv = {rules::kSingle, rules::kDoubleHalfUp};
  p.uint8.conv = {rules::binary32_product(rules::kSingle), rules::binary32_product(rules::kDoubleHalfUp)};
  p.softmax = SoftmaxMethod::kUint16Table;
  p.mean_general = MeanMethod::kFoldedCount;
  return p;
}

}  // namespace nputwin
