#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace nputwin {

/// What users call a processor, for the profiles that can be meant: a row of aliases.inc.
struct Alias {
  std::string_view name;
  std::string_view what;
  std::vector<std::string_view> profiles;  ///< none: nothing is known of its arithmetic
};

/// All of them, in the order of aliases.inc.
[[nodiscard]] std::span<const Alias> aliases();

/// The alias of that name; null where there is none.
[[nodiscard]] const Alias* find_alias(std::string_view name);

/// "imx8mp-npu{ties=half_up}" as "vip-v8{ties=half_up}"; what begins with no other name of one profile stays.
[[nodiscard]] std::string without_alias(std::string_view text);

}  // namespace nputwin
