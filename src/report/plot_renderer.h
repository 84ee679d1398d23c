#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace nputwin {

/// Pictures of Vega-Lite specifications, drawn by the package vl_convert that the Python interpreter `python` has.
/// `kind` is svg or png, the latter with two pixels for each of the specification's.
[[nodiscard]] Result<std::vector<std::string>> render_plots(std::span<const std::string> specifications,
                                                            const std::string& kind, const std::string& python);

}  // namespace nputwin
