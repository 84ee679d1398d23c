#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile vip_v8() {
  Profile p;
  p.name = "vip-v8";
  p.summary = "VeriSilicon VIP8000NanoSi+ (i.MX 8M Plus NPU, NN core v8) through the VX delegate";
  p.int8 = {MatmulRule::same(rules::kVipV8), DepthwiseRule::same(rules::kVipV8), MatmulRule::same(rules::kVipV8)};
  p.uint8 = p.int8;
  p.add = AddMethod::kReal;
  p.mul_method = MulMethod::kReal;
  p.average_pool = PoolMethod::kReal;
  p.mean_spatial = p.mean_general = MeanMethod::kReal;
  p.softmax = SoftmaxMethod::kReal;
  p.table = TableMethod::kReal;
  p.relu = rules::kVipV8;
  p.quantize = QuantizeMethod::kDivideHalfEvenWithZero;
  p.requantize = RequantizeMethod::kReal;
  p.dequantize = DequantizeMethod::kBinary32;
  p.concatenation = ConcatenationMethod::kReal;
  return p;
}

}  // namespace nputwin
