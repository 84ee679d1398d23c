#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile mesa_etnaviv_v8() {
  Profile p = vip_v8();
  p.name = "mesa-etnaviv-v8";
  p.summary = "the i.MX 8M Plus NPU (NN core v8) through Mesa's etnaviv driver and Teflon";
  p.evidence.clear();
  p.requantizes_weights = true;
  p.add = AddMethod::kEightBitWeights;
  p.concatenation = ConcatenationMethod::kCopies;
  p.table = TableMethod::kPiecewiseLinear;

  constexpr const char* kDriver =
      "Mesa etnaviv_ml_nn.c @16e15ee2 programs M and the zero points; how the core breaks ties is assumed as "
      "in vip-v8";
  const char* const kRule =
      "vip-v8; weights per channel are requantized to 8 bits with one scale: another network, not another "
      "rounding";
  p.know(Family::kConvolution, Confidence::kSource, kRule, kDriver);
  p.know(Family::kDepthwise, Confidence::kSource, kRule, kDriver);
  p.know(Family::kFullyConnected, Confidence::kSource, "as convolution", kDriver);
  p.know(Family::kAdd, Confidence::kSource, "a convolution with two weights of 8 bits, SUB too",
         "Mesa etnaviv_ml_nn.c @16e15ee2, etna_ml_lower_add_v8");
  p.know(Family::kConcatenation, Confidence::kSource, "the codes as they are, whatever the scales",
         "Mesa etnaviv_ml.c @16e15ee2");
  p.know(Family::kRelu, Confidence::kAssumed, "as convolution, clamped", "the tensor processor's table of 1,024 lines");
  p.know(Family::kTable, Confidence::kAssumed, "LOGISTIC: straight lines between 1,024 entries",
         "Mesa etnaviv_ml_tp.c programs the table; how it interpolates is assumed");
  know_movement(p);
  leave_unknown(p, "the driver does not claim it, so TFLite runs it; {substitute.FAMILY=OTHER} borrows a CPU's rule");
  return p;
}

}  // namespace nputwin
