#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile cmsis_nn_double() {
  Profile p = tflite_micro();
  p.name = "cmsis-nn-double";
  p.summary = "TensorFlow Lite Micro with CMSIS-NN's kernels (Cortex-M), built with two roundings, the default";
  p.registry = OpRegistry::kNone;

  for (const Evidence& e : std::vector<Evidence>(p.evidence)) {
    p.know(e.family, Confidence::kSource, e.rule,
           "TensorFlow Lite Micro's own kernels, which are measured on x86-64 (tflite-micro), not on a Cortex-M");
  }
  constexpr const char* kRead =
      "CMSIS-NN arm_nnsupportfunctions.h @99f736a6: arm_nn_requantize is TFLite's reference rule; its README "
      "promises equality";
  for (const Family f : {Family::kConvolution, Family::kDepthwise, Family::kTransposeConvolution,
                         Family::kFullyConnected, Family::kBatchMatmul})
    p.know(f, Confidence::kSource, "double", kRead);
  p.know(Family::kAdd, Confidence::kSource, "two-stage, scalar", kRead);
  p.know(Family::kMul, Confidence::kSource, "double", kRead);
  p.know(Family::kAveragePool, Confidence::kSource, "raw codes, half away from zero", kRead);
  p.know(Family::kSoftmax, Confidence::kSource, "gemmlowp's functions", kRead);
  p.know(Family::kSvdf, Confidence::kSource, "double", kRead);
  return p;
}

}  // namespace nputwin
