#pragma once

#include <span>
#include <string>

#include "analysis/agree/characterise.h"

namespace nputwin::report {

/// A line for each layer; `samples`: how many inputs the expectation rests on, 0 for none.
[[nodiscard]] std::string character_text(std::span<const LayerCharacter> layers, const std::string& a,
                                         const std::string& b, std::size_t samples);
/// The same with every channel.
[[nodiscard]] std::string character_json(std::span<const LayerCharacter> layers, const std::string& a,
                                         const std::string& b, std::size_t samples);

}  // namespace nputwin::report
