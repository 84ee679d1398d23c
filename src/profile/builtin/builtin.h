#pragma once

#include "profile/profile.h"

namespace nputwin {

/// The source of rules that tests/golden compares with the real runtime.
inline constexpr const char* kGoldenHashes =
    "every op of the corpus models that run, two inputs each, hash-equal to the runtime (tests/golden)";

// One file each; builtin.inc lists them.
#define NPUTWIN_PROFILE(function) Profile function();
#include "profile/builtin/builtin.inc"
#undef NPUTWIN_PROFILE

}  // namespace nputwin
