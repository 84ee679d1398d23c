#include "profile/builtin/builtin.h"

namespace nputwin {

Profile tflite_2_9_1_arm64_ruy() {
  const Profile ruy = tflite_2_14_arm64_ruy();
  Profile p = tflite_2_9_1_arm64_builtin();
  p.name = "tflite-2.9.1-arm64-ruy";
  p.hard_swish_of_numbers = HardSwishOfNumbers::kSixthFirstInBlocks;
  p.summary = "TensorFlow Lite 2.9.1 built by CMake with ruy, as BSPs of boards build it, AArch64: inferred";
  p.reassociates = ruy.reassociates;
  p.l2_normalization_of_numbers = ruy.l2_normalization_of_numbers;
  p.int8.conv = ruy.int8.conv;
  p.uint8.conv = ruy.uint8.conv;
  p.int8.fully_connected = ruy.int8.fully_connected;
  p.uint8.fully_connected = ruy.uint8.fully_connected;
  p.batch_matmul = ruy.batch_matmul;

  constexpr const char* kInferred = "inferred: no such build was at hand; ";
  for (const Evidence& e : std::vector<Evidence>(p.evidence)) {
    if (e.family == Family::kMovement) continue;  // moves are exact by definition
    p.know(e.family, Confidence::kAssumed, e.rule,
           std::string(kInferred) + "the kernels of tflite-2.9.1-arm64-builtin");
  }
  for (const Family f : {Family::kConvolution, Family::kFullyConnected, Family::kBatchMatmul}) {
    p.know(f, Confidence::kAssumed, ruy.evidence_of(f).rule,
           std::string(kInferred) + "ruy's matrix products as in tflite-2.14-arm64-ruy");
  }
  return p;
}

}  // namespace nputwin
