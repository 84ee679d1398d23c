#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile nvdla() {
  Profile p;
  p.name = "nvdla";
  p.summary = "NVIDIA's Deep Learning Accelerator as its open compiler and C model have it, int8";
  p.int8 = p.uint8 = Profile::EightBit::same(rules::kNvdla);

  const char* const kRule = "15 bits of M, cut off at the power of two of the layer's largest M, half away from zero";
  constexpr const char* kModel =
      "nvdla/hw @8e06b1b9 cmod/hls, nvdla/sw LowPrecision.h; its networks have zero points of 0, another one is "
      "assumed to be part of the converter's offset";
  p.know(Family::kConvolution, Confidence::kSource, kRule, kModel);
  p.know(Family::kDepthwise, Confidence::kSource, kRule, kModel);
  p.know(Family::kFullyConnected, Confidence::kSource, "as convolution", kModel);
  know_movement(p);
  leave_unknown(p, "the compiler quantizes by its own calibration; for a TFLite model the rule is not determined");
  return p;
}

}  // namespace nputwin
