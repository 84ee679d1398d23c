#pragma once

#include <string>

#include "analysis/probe/profile_comparison.h"
#include "base/callbacks.h"

namespace nputwin::api {

/// Compares two profiles, as resolve_profile takes them: their parameters, and how often each op's outputs differ over
/// random uses of it.
[[nodiscard]] Result<ProfileComparison> compare_profiles(const std::string& a, const std::string& b,
                                                         const SamplingOptions& sampling,
                                                         const Callbacks& callbacks = {});

}  // namespace nputwin::api
