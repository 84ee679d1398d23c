#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile hexagon_nnlib() {
  Profile p;
  p.name = "hexagon-nnlib";
  p.summary = "Qualcomm Hexagon (HVX) by nnlib, TFLite's former Hexagon delegate; not QNN";
  p.int8 = p.uint8 = Profile::EightBit::same(rules::kHexagon);

  const char* const kRule =
      "M as a multiple of 2^-31, one power of two for all channels, half up; the zero point over M is part of "
      "the bias";
  constexpr const char* kRead =
      "nnlib @df7ad3c supernode_utils.h, op_supernode_new.c; that the vector instruction rounds half up is "
      "inferred; uint8 codes, int8 ones as written";
  p.know(Family::kConvolution, Confidence::kSource, kRule, kRead);
  p.know(Family::kDepthwise, Confidence::kSource, kRule, kRead);
  p.know(Family::kFullyConnected, Confidence::kAssumed, "as convolution", "not read");
  know_movement(p);
  leave_unknown(p, "nnlib derives output ranges of its own; not read");
  return p;
}

}  // namespace nputwin
