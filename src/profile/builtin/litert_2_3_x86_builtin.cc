#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile litert_2_3_x86_builtin() {
  Profile p = litert_2_1_arm64_builtin();
  p.name = "litert-2.3-x86-builtin";
  p.summary = "ai-edge-litert 2.3.0, x86-64, optimised kernels without XNNPACK";
  p.int8.conv = MatmulRule::same(rules::kDoubleHalfUp);
  p.int8.depthwise.fast_3x3 = rules::kDoubleHalfUp;
  p.uint8.conv = MatmulRule::same(rules::binary32_product(rules::kDoubleHalfUp));
  p.uint8.depthwise = DepthwiseRule::same(rules::binary32_product(rules::kDouble));
  p.softmax = SoftmaxMethod::kBinary32Table;
  p.fused_multiply_add = false;
  return p;
}

}  // namespace nputwin
