#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile ort_mlas() {
  Profile p;
  p.name = "ort-mlas";
  p.summary = "ONNX Runtime's quantized ops on x86-64 with AVX2 or more (MLAS)";
  p.int8 = p.uint8 = Profile::EightBit::same(rules::kF32);
  p.batch_matmul = BatchMatmulRule::same(rules::kF32);
  p.mul = rules::kF32;
  p.mul.zero_point_first = true;
  p.add = AddMethod::kBinary32Fused;

  constexpr const char* kRead =
      "onnxruntime mlas quantize.cpp; without VNNI, uint8 times int8 saturates pairs at 16 bits, which is "
      "left out";
  for (const Family f : {Family::kConvolution, Family::kDepthwise, Family::kFullyConnected, Family::kBatchMatmul})
    p.know(f, Confidence::kSource, "f32", kRead);
  p.know(Family::kAdd, Confidence::kMeasured, "binary32, fused, half to even with the zero point; no SUB",
         "onnxruntime 1.32.0, x86-64: 3,932,160 sums of 60 quantizations, all equal");
  p.know(Family::kMul, Confidence::kMeasured, "f32 with the zero point inside",
         "onnxruntime 1.32.0, x86-64: 3,932,160 products of 60 quantizations, all equal");
  know_movement(p);
  leave_unknown(p, "not read");
  return p;
}

}  // namespace nputwin
