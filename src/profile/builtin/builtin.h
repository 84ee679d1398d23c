#pragma once

#include "profile/profile.h"

namespace nputwin {

/// The source of rules that tests/golden compares with the real runtime.
inline constexpr const char* kGoldenHashes =
    "hash-equal to the runtime on the corpus models and the directed cases (tests/golden), but for the "
    "listed exceptions";

/// The rule and the source of elementary functions of binary32 numbers, by whatever library.
inline constexpr const char* kFunctionInBinary64 =
    "in binary64, rounded once; the runtime's own library is off in the last places now and then";
inline constexpr const char* kFunctionsTried =
    "random trial: what differs, and how often, is in docs/arithmetic/random_trial.md; how far at most, in "
    "tests/oracle/random_trial/known.json";

/// The source of rules that the map of versions compares with the real runtime.
inline constexpr const char* kVersionMap =
    "hash-equal to the runtime on directed cases and small corpus models, but for the differences that the map of "
    "versions lists (docs/arithmetic/runtimes.md)";

// One file each; builtin.inc lists them.
#define NPUTWIN_PROFILE(function) Profile function();
#define NPUTWIN_PROFILE_GROUP(title)
#include "profile/builtin/builtin.inc"
#undef NPUTWIN_PROFILE_GROUP
#undef NPUTWIN_PROFILE

/// Families of which nothing was said become unknown: their ops are refused, unless the user names an override.
void leave_unknown(Profile& profile, const char* why);

/// What was measured on the runtime that the profile was copied from was measured on its own for the map of versions.
void cite_version_map(Profile& profile);

/// SUM as TensorFlow Lite 2.13 has it, in every build.
void sum_by_fixed_point(Profile& profile);

/// What moves codes is exact by definition.
void know_movement(Profile& profile);

/// The reference kernels before LiteRT as compiled for AArch64, from those for x86-64: the compiler fuses
/// multiplications and additions, and multiplies by reciprocals.
Profile reference_on_arm64(Profile x86);

}  // namespace nputwin
