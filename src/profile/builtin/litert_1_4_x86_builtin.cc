#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile litert_1_4_x86_builtin() {
  Profile p = litert_2_3_x86_builtin();
  p.name = "litert-1.4-x86-builtin";
  p.summary = "ai-edge-litert 1.4.0, x86-64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kLitert14;
  p.mean.negative_axes_count = false;
  p.batch_matmul = BatchMatmulRule::same(rules::binary32_product(rules::kDoubleHalfUp));
  p.int16->fully_connected_width = Int16SumWidth::kBiasChecked;

  p.know(Family::kMean, Confidence::kMeasured,
         "axes 1 and 2 kept, named so: binary32 set-up, blocks of 16 channels half up; else 1/n folded into M",
         kVersionMap);
  p.know(Family::kBatchMatmul, Confidence::kMeasured,
         "half up in both steps (ruy with AVX); M with s_in*s_w in binary32", kVersionMap);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
