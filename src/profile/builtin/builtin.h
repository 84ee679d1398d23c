#pragma once

#include "profile/profile.h"

namespace nputwin {

// One file each. profile.cc lists them; nothing else needs to know of a new one.
Profile tflite_2_9_1_arm64();
Profile tflite_2_9_1_arm64_ref();
Profile litert_2_3_x86();
Profile litert_2_3_x86_builtin();
Profile litert_2_1_arm64_builtin();
Profile litert_2_1_arm64();
Profile vip_v8();

}  // namespace nputwin
