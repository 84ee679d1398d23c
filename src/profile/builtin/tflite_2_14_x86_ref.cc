#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_14_x86_ref() {
  Profile p = tflite_2_9_1_x86_ref();
  p.name = "tflite-2.14-x86-ref";
  p.summary = "tflite-runtime 2.14.0, x86-64, reference kernels";
  p.registry = OpRegistry::kTflite214Ref;
  p.transpose_conv_activation = true;
  p.lstm_subtracts_hidden_zero = false;
  p.fully_connected_per_channel = true;
  p.sum = SumMethod::kFixedPointOfBytes;
  p.sum_adds_equal_codes = false;
  p.mean = MeanRules::same(MeanMethod::kFoldedCount);
  p.mean.negative_axes_count = false;
  p.real_overflow = RealOverflow::kLowest;

  p.know(Family::kMean, Confidence::kMeasured, "1/n folded into M", kGoldenHashes);
  p.know(Family::kSum, Confidence::kMeasured, "MBQM of the bytes read as uint8, for int8 too (a fault)", kGoldenHashes);
  p.know(Family::kLstm, Confidence::kMeasured, "gemmlowp's functions", kGoldenHashes);
  return p;
}

}  // namespace nputwin
