#include "profile/builtin/builtin.h"
#include "profile/builtin/xnnpack.h"

namespace nputwin {

Profile litert_1_4_x86() {
  Profile p = litert_2_3_x86();
  p.name = "litert-1.4-x86";
  p.summary = "ai-edge-litert 1.4.0, x86-64, what Interpreter(model) gives (XNNPACK)";
  p.registry = OpRegistry::kLitert14;
  p.delegated = xnnpack_ops_until_2_19();
  p.delegate_checks = DelegateChecks::kUntilLitert21;
  p.batch_matmul = litert_1_4_x86_builtin().batch_matmul;
  p.fully_connected_drops_zero = true;
  p.real_rounding = Rounding::kHalfAwayFromZero;
  p.same_padding_wraps = true;
  p.fallback = "litert-1.4-x86-builtin";

  p.know(Family::kMean, Confidence::kMeasured, "binary32, half away from zero", kVersionMap);
  p.know(Family::kSum, Confidence::kMeasured, "binary32, half away from zero", kVersionMap);
  p.know(Family::kTable, Confidence::kMeasured, "binary32 table, half away from zero with the zero point", kVersionMap);
  p.know(Family::kFullyConnected, Confidence::kMeasured, "f32; a zero point of int8 weights is left out (a fault)",
         kVersionMap);
  p.know(Family::kBatchMatmul, Confidence::kMeasured,
         "not delegated: half up in both steps (ruy with AVX); M with s_in*s_w in binary32", kVersionMap);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
