#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile vip_v7() {
  Profile p = vip_v8();
  p.name = "vip-v7";
  p.summary = "VeriSilicon VIPNano (A311D and S905D3 NPU, NN core v7) through the VX delegate";
  p.int8 = p.uint8 = Profile::EightBit::same(rules::kVipV7);
  p.batch_matmul = BatchMatmulRule::same(rules::kVipV7);
  p.relu = rules::kVipV7;

  // Of vip-v8's rules all that is not the multiplier is carried over, which nothing but one log supports.
  for (Evidence& e : p.evidence) {
    if (e.confidence != Confidence::kEvidence && e.confidence != Confidence::kSource) continue;
    e.confidence = Confidence::kAssumed;
    e.source = "as vip-v8; no published numbers of this core";
  }
  const char* const kLog =
      "etnaviv_ml_nn.c of Mesa programs 15 fraction bits; one published log of an A311D, which no other of 45 "
      "variants fits";
  p.know(Family::kConvolution, Confidence::kEvidence,
         "16-bit significand of binary32(binary32(s_in*s_w)/s_out), cut off, exact product, half to even with "
         "the zero point",
         kLog);
  p.know(Family::kDepthwise, Confidence::kEvidence, "as convolution", kLog);
  p.know(
      Family::kAdd, Confidence::kAssumed, p.evidence_of(Family::kAdd).rule,
      "as vip-v8, where the log of a sister chip fits it; Mesa's driver for this core lowers ADD so too; no published "
      "numbers of this core");
  return p;
}

}  // namespace nputwin
