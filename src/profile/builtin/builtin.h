#pragma once

#include "profile/profile.h"

namespace nputwin {

/// The source of rules that tests/golden compares with the real runtime.
inline constexpr const char* kGoldenHashes =
    "every op of the corpus models that run, two inputs each, hash-equal to the runtime (tests/golden)";

// One file each. profile.cc lists them; nothing else needs to know of a new one.
Profile tflite_2_9_1_arm64();
Profile tflite_2_9_1_arm64_ref();
Profile litert_2_3_x86();
Profile litert_2_3_x86_builtin();
Profile litert_2_1_arm64_builtin();
Profile litert_2_1_arm64();
Profile vip_v8();

}  // namespace nputwin
