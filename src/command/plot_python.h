#pragma once

#include <string>

namespace nputwin::command {

/// The Python that this build installed the plot library for; `python3` where it is gone, there never was one, or the
/// program was installed elsewhere.
[[nodiscard]] std::string default_plot_python();

}  // namespace nputwin::command
