#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {
namespace {

constexpr const char* kBoardLogs =
    "three published logs of i.MX 8M Plus boards, 34 numbers, all reproduced; vendor-relaxed kernel tests";
constexpr const char* kRelaxedTests =
    "TFLite kernel tests as the vendor relaxed them: consistent; the tie rule is not shown";

}  // namespace

Profile vip_v8() {
  Profile p;
  p.name = "vip-v8";
  p.summary = "VeriSilicon VIP8000NanoSi+ (i.MX 8M Plus NPU, NN core v8) through the VX delegate";
  p.int8 = Profile::EightBit::same(rules::kVipV8);
  p.batch_matmul = BatchMatmulRule::same(rules::kVipV8);
  p.uint8 = p.int8;
  p.add = AddMethod::kEightBitWeightsSharedZero;
  p.mul_method = MulMethod::kReal;
  p.div = DivMethod::kReal;
  p.squared_difference = SquaredDifferenceMethod::kSubThenPow;
  p.gelu_is_tanh = true;
  p.average_pool = PoolMethod::kReal;
  p.mean = MeanRules::same(MeanMethod::kReal);
  p.sum = SumMethod::kReal;
  p.sum_int16 = SumMethod::kReal;
  p.prod = ProdMethod::kReal;
  p.reduces_in_binary16 = true;
  p.leaky_relu = LeakyReluMethod::kReal;
  p.hard_swish = HardSwishMethod::kBinary32;
  p.softmax = SoftmaxMethod::kReal;
  p.table = TableMethod::kReal;
  p.relu = rules::kVipV8;
  p.quantize = QuantizeMethod::kDivideHalfEvenWithZero;
  p.requantize = RequantizeMethod::kReal;
  p.dequantize = DequantizeMethod::kBinary32;
  p.concatenation = ConcatenationMethod::kReal;

  p.know(Family::kConvolution, Confidence::kEvidence,
         "24-bit significand of binary32(binary32(s_in*s_w)/s_out), exact product, half to even with the zero "
         "point",
         kBoardLogs);
  p.know(Family::kDepthwise, Confidence::kEvidence, "as convolution", kBoardLogs);
  p.know(Family::kFullyConnected, Confidence::kAssumed, "as convolution",
         "runs on the tensor processor, not the NN core; no published numbers");
  p.know(Family::kAdd, Confidence::kAssumed,
         "a convolution with two weights of 8 bits, both inputs with the first one's zero point, and a rounded "
         "correction for that; SUB alike",
         "ADD: one published log of a sister chip (VS680), 5 of 5 logits and their order; here an inference: 78 kernel "
         "tests fit this rule and the real sum (add_method=real)");
  p.know(Family::kMul, Confidence::kAssumed, "real product, half to even with the zero point", kRelaxedTests);
  p.know(Family::kAveragePool, Confidence::kEvidence, "average of the codes without padding, half to even",
         "floor is excluded by the MobileNet log; the tie rule is not shown");
  p.know(Family::kMean, Confidence::kAssumed, "real mean, half to even with the zero point", kRelaxedTests);
  p.know(Family::kSoftmax, Confidence::kAssumed, "correctly rounded real function",
         "fits the MobileNet log; runs on the shaders, how is not known: one step off is possible");
  p.know(Family::kTable, Confidence::kAssumed, "correctly rounded real function; GELU by tanh always (source)",
         "fits the SSD log; the tensor processor has a table of 1,024 entries and straight lines between (source): "
         "table_method=piecewise_linear; one step off is possible");
  p.know(Family::kRelu, Confidence::kAssumed, "as convolution, clamped",
         "the vendor relaxed RELU_N1_TO_1 by ten steps: unexplained");
  p.know(Family::kQuantize, Confidence::kEvidence, "v/s + zero point in binary32, half to even",
         "half up and half away are excluded by relaxed tests");
  p.know(Family::kDequantize, Confidence::kAssumed, "binary32 product", "no published numbers");
  p.know(Family::kConcatenation, Confidence::kAssumed, "binary32 ratio, half to even with the zero point",
         kRelaxedTests);
  p.know(Family::kResizeBilinear, Confidence::kAssumed, "as TFLite reference",
         "not delegated in the published tests; the shader path has a 16-bit multiplier (source)");
  p.know(Family::kResizeNearest, Confidence::kAssumed, "moves codes", "sample placement as TFLite");
  p.know(Family::kMovement, Confidence::kMeasured, "moves codes", "exact by definition");
  p.know(Family::kDetection, Confidence::kMeasured, "on the CPU, as TFLite",
         "no delegate claims it; the SSD log is reproduced");
  p.know(Family::kTransposeConvolution, Confidence::kAssumed, "as convolution", "no published numbers");
  p.know(Family::kBatchMatmul, Confidence::kAssumed, "as convolution", "no published numbers");
  p.know(Family::kDivision, Confidence::kEvidence, "real quotient, half to even with the zero point",
         "12 kernel tests of 2022 fit; later software is within one step");
  p.know(Family::kArithmetic, Confidence::kSource,
         "correctly rounded real function; SQUARED_DIFFERENCE as SUB with the output's quantization, then POW",
         "tflite-vx-delegate op_map.cc; the rounding is assumed");
  p.know(Family::kSum, Confidence::kEvidence,
         "real sum, half to even with the zero point; axes that are no neighbours one by one, binary16 between",
         "the relaxed sums are all reproduced, half up and half away fit them too; binary16: source (ovxlib)");
  p.know(Family::kHardSwish, Confidence::kSource, "binary32, operation by operation, half to even with the zero point",
         "the shader of VeriSilicon's stack (ovxlib); not known where its driver claims the op instead");
  p.know(Family::kLeakyRelu, Confidence::kAssumed, "correctly rounded real function", "no published numbers");
  p.know(Family::kNormalization, Confidence::kAssumed, "correctly rounded real function", "no published numbers");
  p.know(Family::kComparison, Confidence::kAssumed, "as TFLite reference", "no published numbers");
  p.know(Family::kLstm, Confidence::kUnknown, "not known", "the delegate claims it; no published numbers");
  p.know(Family::kSvdf, Confidence::kUnknown, "not known", "the VX delegate does not claim it");
  p.know(Family::kInt16, Confidence::kUnknown, "not known",
         "the VX delegate claims no op with an int16 output; no published numbers");
  p.know(Family::kNumbers, Confidence::kAssumed, "binary32, operation by operation", "no published numbers");
  p.know(Family::kNumberFunctions, Confidence::kAssumed, "in binary64, rounded once to binary32",
         "no published numbers");
  return p;
}

}  // namespace nputwin
