#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_9_1_arm64_ref() {
  Profile p;
  p.name = "tflite-2.9.1-arm64-ref";
  p.summary = "tflite-runtime 2.9.1, AArch64, reference kernels";
  p.int8 = {MatmulRule::same(rules::kDouble), DepthwiseRule::same(rules::kDouble),
            MatmulRule::same(rules::binary32_product(rules::kDouble))};
  p.uint8 = {MatmulRule::same(rules::binary32_product(rules::kDouble)), DepthwiseRule::same(rules::binary32_product(rules::kDouble)),
             MatmulRule::same(rules::binary32_product(rules::kDouble))};
  p.mul = rules::kDouble;
  p.relu = rules::kDouble;
  p.mean_spatial = MeanMethod::kScaledThenDivided;
  p.mean_general = MeanMethod::kBinary32Mean;
  return p;
}

}  // namespace nputwin
