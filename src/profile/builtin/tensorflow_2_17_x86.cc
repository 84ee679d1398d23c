#include "profile/builtin/builtin.h"
#include "profile/builtin/xnnpack.h"
#include "profile/rules.h"

namespace nputwin {

Profile tensorflow_2_17_x86() {
  Profile p = tensorflow_2_19_x86();
  p.name = "tensorflow-2.17-x86";
  p.summary = "tensorflow 2.17.0, x86-64, what Interpreter(model) gives (XNNPACK, without SUM)";
  p.registry = OpRegistry::kTensorflow217;
  p.fallback = "tensorflow-2.15-x86-builtin";
  p.delegated = xnnpack_ops_until_2_17();
  p.delegate_checks = DelegateChecks::kUntil217;
  p.mean = MeanRules::same(MeanMethod::kRescaledSum);
  p.average = rules::kF32;
  p.table = TableMethod::kBinary32HalfEven;

  p.know(Family::kMean, Confidence::kMeasured, "axes 1 and 2: f32 of the sum; else as without XNNPACK", kVersionMap);
  p.know(Family::kTable, Confidence::kMeasured, "binary32 table, half to even before the zero point", kVersionMap);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
