#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile ethos_u() {
  Profile p = tflite_2_14_x86_ref();
  p.name = "ethos-u";
  p.summary = "Arm Ethos-U55 and U65 (i.MX 93) with a model compiled by Vela";
  p.batch_matmul_column_scales = ColumnScales::kUnknown;
  p.cast_overflow = RealOverflow::kSaturates;
  p.registry = OpRegistry::kNone;
  p.evidence.clear();
  p.int16.reset(), p.sum_int16.reset();
  p.table = TableMethod::kReal;
  p.real_of[static_cast<std::size_t>(Family::kTable)] = RealRule{Rounding::kHalfAwayFromZero, false};

  constexpr const char* kPromise =
      "Vela @a6f6566 sets the rounding TFL and TFLite's own scales (scaling.py); its README says every operator "
      "is compared with the reference kernels bit by bit";
  for (const Family f :
       {Family::kConvolution, Family::kDepthwise, Family::kTransposeConvolution, Family::kFullyConnected})
    p.know(f, Confidence::kSource, "double", kPromise);
  p.know(Family::kTable, Confidence::kSource,
         "LOGISTIC, TANH: table of 256 in binary64, half away from zero before the zero point",
         "Vela @a6f6566 lut.py, create_lut_8bit_op");
  constexpr const char* kStated =
      "Vela's README: compared with the reference kernels bit by bit; its lowering was not followed";
  for (const Family f : {Family::kAdd, Family::kMul, Family::kAveragePool, Family::kMean, Family::kSoftmax,
                         Family::kHardSwish, Family::kRelu, Family::kLeakyRelu, Family::kQuantize,
                         Family::kResizeBilinear, Family::kResizeNearest, Family::kConcatenation})
    p.know(f, Confidence::kStatement, "as TFLite's reference kernels", kStated);
  for (const Family f : {Family::kNumbers, Family::kNumberFunctions})
    p.know(f, Confidence::kAssumed, "on the CPU, as TFLite's reference kernels", "Vela does not claim them");
  p.know(Family::kDequantize, Confidence::kAssumed, "on the CPU, as TFLite's reference kernels",
         "Vela does not claim it");
  p.know(Family::kDetection, Confidence::kAssumed, "on the CPU, as TFLite", "Vela does not claim it");
  know_movement(p);
  leave_unknown(p, "Vela's lowering was not read, or Vela does not claim the op and some CPU runs it");
  return p;
}

}  // namespace nputwin
