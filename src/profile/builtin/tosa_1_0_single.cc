#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tosa_1_0_single() {
  Profile p = tosa_1_0_double();
  p.name = "tosa-1.0-single";
  p.summary = "the same with SINGLE_ROUND in every RESCALE (TFLITE_SINGLE_ROUNDING)";
  p.int8 = p.uint8 = Profile::EightBit::same(rules::kSingle);
  p.mul = rules::kSingle;
  p.fixed_point_roundings = FixedPointRoundings::kOne;
  for (Evidence& e : p.evidence) {
    if (e.rule.starts_with("double")) e.rule.replace(0, 6, "single");
  }
  p.know(Family::kQuantize, Confidence::kSource, "codes: single; numbers: as TFLite's reference",
         p.evidence_of(Family::kQuantize).source);
  p.know(Family::kAdd, Confidence::kSource, "as TFLite's scalar code, each stage rounded once",
         p.evidence_of(Family::kAdd).source);
  return p;
}

}  // namespace nputwin
