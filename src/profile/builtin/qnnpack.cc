#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile qnnpack() {
  Profile p;
  p.name = "qnnpack";
  p.summary = "QNNPACK (Caffe2, early PyTorch mobile), uint8; not the fork inside PyTorch";
  RequantizeRule q31 = rules::kDouble;
  q31.scale = RequantizeRule::Scale::kBinary32;
  p.int8 = p.uint8 = Profile::EightBit::same(q31);
  p.add = AddMethod::kSharedShiftHalfAway;
  p.average_pool = PoolMethod::kRescaledWindow;
  p.average = {.method = RequantizeRule::Method::kSignificand, .scale = RequantizeRule::Scale::kBinary32};
  p.mean = MeanRules::same(MeanMethod::kRescaledSum);
  p.softmax = SoftmaxMethod::kUint32Table;
  p.table = TableMethod::kBinary32WithZero;
  p.leaky_relu = LeakyReluMethod::kBinary32;

  constexpr const char* kRead = "QNNPACK @7d2a4e9 requantization.h; it refuses M >= 1, here the rule goes on";
  for (const Family f :
       {Family::kConvolution, Family::kDepthwise, Family::kTransposeConvolution, Family::kFullyConnected})
    p.know(f, Confidence::kSource, "double with M in binary32", kRead);
  p.know(Family::kAdd, Confidence::kSource, "22-bit multipliers, one shift, half away from zero; SUB assumed alike",
         "QNNPACK @7d2a4e9 requantization.h, add.c");
  p.know(Family::kAveragePool, Confidence::kSource,
         "24-bit M of the whole window, padding counted as 0, half away from zero",
         "QNNPACK @7d2a4e9 average-pooling.c");
  p.know(Family::kMean, Confidence::kSource, "24-bit M, half away from zero (only over height and width)",
         "QNNPACK @7d2a4e9 global-average-pooling.c");
  p.know(Family::kSoftmax, Confidence::kSource, "23-bit table, integer sum and quotient, half up",
         "QNNPACK @7d2a4e9 softargmax.c");
  p.know(Family::kTable, Confidence::kSource,
         "LOGISTIC: binary32, half to even; the exponential's last bit is the C library's",
         "QNNPACK @7d2a4e9 sigmoid.c");
  p.know(Family::kLeakyRelu, Confidence::kSource, "binary32, half to even, then the zero point",
         "QNNPACK @7d2a4e9 leaky-relu.c");
  know_movement(p);
  leave_unknown(p, "the library has no such operator");
  return p;
}

}  // namespace nputwin
