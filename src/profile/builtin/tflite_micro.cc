#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_micro() {
  Profile p = tflite_2_14_x86_ref();
  p.name = "tflite-micro";
  p.summary = "TensorFlow Lite Micro, its reference kernels";
  p.registry = OpRegistry::kTflm;
  p.lstm_by_tables = true;
  p.int8_functions = Int8FunctionMethod::kFixedPoint;

  constexpr const char* kShared = "kernels read in the source: TFLite's own reference headers";
  for (const Evidence& e : std::vector<Evidence>(p.evidence)) p.know(e.family, Confidence::kSource, e.rule, kShared);
  p.know(Family::kTable, Confidence::kEvidence,
         "LOGISTIC, TANH: gemmlowp's functions in Q4.27; others by a binary32 table",
         "a published whole-model output (two LSTMs, FULLY_CONNECTED, LOGISTIC) equal in all 257 values");
  return p;
}

}  // namespace nputwin
