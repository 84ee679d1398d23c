#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nputwin {

/// A value of a parameter that evidence does not exclude, beside the one that the profile has.
struct OpenParameter {
  std::string_view profile, parameter, value, why;
};

/// All that are known: open_parameters.inc.
[[nodiscard]] std::span<const OpenParameter> open_parameters();

/// What a text names as resolve_profile reads it, once for each open value: "vip-v8{ties=half_up}" of "vip-v8". Nothing
/// where it names no profile that has any.
struct OpenVariant {
  const OpenParameter* parameter = nullptr;
  std::string text;
};
[[nodiscard]] std::vector<OpenVariant> open_variants(const std::string& text);

}  // namespace nputwin
