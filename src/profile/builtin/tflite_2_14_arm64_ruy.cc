#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_14_arm64_ruy() {
  Profile p = tflite_2_14_arm64_builtin();
  p.name = "tflite-2.14-arm64-ruy";
  p.hard_swish_of_numbers = HardSwishOfNumbers::kSixthFirstInBlocks;
  p.summary = "TensorFlow Lite 2.14.1 built by CMake with ruy (Debian; BSPs of boards build so), AArch64";
  p.reassociates = false;
  p.l2_normalization_of_numbers = L2NormOfNumbers::kFused;
  constexpr RequantizeRule kSingle = rules::binary32_product(rules::kSingle);
  p.int8.conv = {rules::kSingle, rules::kDoubleHalfUp, rules::kDouble};
  p.uint8.conv = {kSingle, rules::binary32_product(rules::kDoubleHalfUp), rules::binary32_product(rules::kDouble)};
  p.batch_matmul.rule = kSingle;
  p.int8.fully_connected.rule = p.uint8.fully_connected.rule = kSingle;

  p.know(Family::kBatchMatmul, Confidence::kMeasured,
         "single (ruy); one row with adj_y: half up in both steps; M with s_in*s_w in binary32", kGoldenHashes);
  p.know(Family::kConvolution, Confidence::kMeasured, "single (ruy); a product with one column: half up in both steps",
         kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured,
         "one row: half up in both steps; more: single (ruy); per-channel weights: M = 0", kGoldenHashes);
  return p;
}

}  // namespace nputwin
