#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_14_ref() {
  Profile p = tflite_2_9_1_ref();
  p.name = "tflite-2.14-x86-ref";
  p.aliases = {"tflite-2.14-arm64-ref"};
  p.summary = "tflite-runtime 2.14.0, reference kernels";
  p.lstm_subtracts_hidden_zero = false;
  p.fully_connected_per_channel = true;
  p.sum = SumMethod::kFixedPoint;
  p.mean_spatial = p.mean_general = MeanMethod::kFoldedCount;

  p.know(Family::kMean, Confidence::kMeasured, "1/n folded into M", kGoldenHashes);
  return p;
}

}  // namespace nputwin
