#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile cmsis_nn_single() {
  Profile p = cmsis_nn_double();
  p.name = "cmsis-nn-single";
  p.summary = "the same built with one rounding: CMSIS_NN_USE_SINGLE_ROUNDING and TFLite's TFLITE_SINGLE_ROUNDING";
  p.int8 = p.uint8 = Profile::EightBit::same(rules::kSingle);
  p.batch_matmul = BatchMatmulRule::same(rules::kSingle);
  p.mul = p.relu = rules::kSingle;
  p.fixed_point_roundings = FixedPointRoundings::kOne;

  constexpr const char* kRead =
      "CMSIS-NN arm_nnsupportfunctions.h @99f736a6 and TFLite common.h: one rounding half up of the exact "
      "product";
  for (const Family f : {Family::kConvolution, Family::kDepthwise, Family::kTransposeConvolution,
                         Family::kFullyConnected, Family::kBatchMatmul, Family::kMul, Family::kSvdf})
    p.know(f, Confidence::kSource, "single", kRead);
  p.know(Family::kAdd, Confidence::kSource, "two-stage, scalar, each stage rounded once", kRead);
  return p;
}

}  // namespace nputwin
