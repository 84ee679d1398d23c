#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile mesa_etnaviv_v7() {
  Profile p = mesa_etnaviv_v8();
  p.name = "mesa-etnaviv-v7";
  p.summary = "the A311D and S905D3 NPU (NN core v7) through Mesa's etnaviv driver and Teflon";
  p.int8 = p.uint8 = Profile::EightBit::same(rules::kVipV7);
  p.batch_matmul = BatchMatmulRule::same(rules::kVipV7);
  p.relu = rules::kVipV7;
  p.add = AddMethod::kEightBitWeightsSharedZero;
  p.sub = AddMethod::kAbsent;

  for (const Family f : {Family::kConvolution, Family::kDepthwise}) {
    std::string rule = p.evidence_of(f).rule;
    rule.replace(0, 6, "vip-v7");
    p.know(f, Confidence::kSource, rule, p.evidence_of(f).source);
  }
  p.know(Family::kAdd, Confidence::kSource,
         "a 2x2 convolution with two weights of 8 bits and a rounded correction for the zero points; no SUB",
         "Mesa etnaviv_ml_nn.c @16e15ee2, etna_ml_lower_add_v7; written for uint8");
  return p;
}

}  // namespace nputwin
