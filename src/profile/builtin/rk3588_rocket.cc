#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile rk3588_rocket() {
  Profile p;
  p.name = "rk3588-rocket";
  p.summary = "Rockchip RK3588's NPU through Mesa's rocket driver; not the vendor's stack";
  p.int8 = p.uint8 = Profile::EightBit::same(rules::kRocket);

  const char* const kRule =
      "15 bits of binary32(s_in*s_w)/s_out, plus one unit, half away from zero, then the zero point";
  constexpr const char* kDriver =
      "Mesa rkt_regcmd.c @72fd7032; rounding as NVDLA's, assumed; the driver's list of scales that lose an "
      "accumulator bit is left out; it rejects per-channel weights and dilation";
  p.know(Family::kConvolution, Confidence::kSource, kRule, kDriver);
  p.know(Family::kDepthwise, Confidence::kSource, kRule, kDriver);
  know_movement(p);
  leave_unknown(p, "the driver claims only convolutions, and ADD fused into one");
  return p;
}

}  // namespace nputwin
