#include "profile/builtin/builtin.h"

namespace nputwin {

void sum_by_fixed_point(Profile& profile) {
  profile.sum = SumMethod::kFixedPoint;
  profile.sum_adds_equal_codes = true;
  profile.know(Family::kSum, Confidence::kMeasured, "MBQM of the sum", kVersionMap);
}

Profile tflite_2_13_x86_ref() {
  Profile p = tflite_2_14_x86_ref();
  p.name = "tflite-2.13-x86-ref";
  p.summary = "tflite-runtime 2.13.0, x86-64, reference kernels";

  sum_by_fixed_point(p);
  cite_version_map(p);
  return p;
}

}  // namespace nputwin
