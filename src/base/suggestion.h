#pragma once

#include <span>
#include <string>
#include <string_view>

namespace nputwin {

/// " (did you mean 'vip-v8'?)" for the known word that is nearest to a mistyped one, or " (did you mean 'vip-v7' or
/// 'vip-v8'?)" for up to four that are equally near. Of a word that is only begun, the shortest that begin so. "" where
/// none is near: more than a third of the letters would have to change.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace nputwin
