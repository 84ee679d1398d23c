#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile fbgemm() {
  Profile p;
  p.name = "fbgemm";
  p.summary = "FBGEMM (PyTorch on x86-64), its convolutions and matrix products";
  p.int8 = p.uint8 = Profile::EightBit::same(rules::kF32);

  constexpr const char* kRead =
      "FBGEMM QuantUtilsAvx2.cc @71d6f8b2; kernels with 16-bit accumulators and the saturation of pairs "
      "without VNNI are left out";
  for (const Family f : {Family::kConvolution, Family::kDepthwise, Family::kFullyConnected})
    p.know(f, Confidence::kSource, "f32", kRead);
  know_movement(p);
  leave_unknown(p, "PyTorch computes it in binary32 between quantizations; not read");
  return p;
}

}  // namespace nputwin
