#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile litert_2_3_x86_builtin() {
  Profile p = litert_2_1_arm64_builtin();
  p.name = "litert-2.3-x86-builtin";
  p.summary = "ai-edge-litert 2.3.0, x86-64, optimised kernels without XNNPACK";
  p.registry = OpRegistry::kLitert23;
  p.prod_of_one = ProdOfOneMethod::kCopied;
  p.cast_overflow = RealOverflow::kLowest;
  p.int8.conv = {rules::kDoubleHalfUp, rules::kDoubleHalfUp, rules::kDouble};
  p.int8.depthwise.fast_3x3 = rules::kDoubleHalfUp;
  p.uint8.conv = {rules::binary32_product(rules::kDoubleHalfUp), rules::binary32_product(rules::kDoubleHalfUp),
                  rules::binary32_product(rules::kDouble)};
  p.int8.fully_connected = p.uint8.fully_connected = MatmulRule::same(rules::binary32_product(rules::kDoubleHalfUp));
  p.uint8.depthwise = DepthwiseRule::same(rules::binary32_product(rules::kDouble));
  p.int16->int32_sum = rules::kDoubleHalfUp;
  p.int16->fully_connected_int32_sum = rules::binary32_product(rules::kDoubleHalfUp);
  p.int16->fully_connected_width = Int16SumWidth::kOptionOrBias;
  p.hard_swish = HardSwishMethod::kFixedPoint;
  p.softmax = SoftmaxMethod::kBinary32Table;
  p.mean.negative_axes_count = true;
  p.fused_multiply_add = false;
  p.l2_normalization_of_numbers = L2NormOfNumbers::kInOrder;

  p.know(Family::kConvolution, Confidence::kMeasured, "half up in both steps", kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured, "half up in both steps", kGoldenHashes);
  p.know(Family::kDepthwise, Confidence::kMeasured,
         "int8: half up in both steps, the last channels mod 8 double; uint8: double", kGoldenHashes);
  p.know(Family::kSoftmax, Confidence::kMeasured, "binary32 table and sum", kGoldenHashes);
  p.know(Family::kDequantize, Confidence::kMeasured, "q*s + (-zp*s)", kGoldenHashes);
  p.know(Family::kHardSwish, Confidence::kMeasured, "16-bit fixed point", kGoldenHashes);
  return p;
}

}  // namespace nputwin
