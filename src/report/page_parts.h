#pragma once

#include <string_view>

namespace nputwin::report {

/// The files of src/report/page and the plot library, as cmake/report_page.cmake puts them into the program. The
/// library is empty where the build left it out.
struct PageParts {
  std::string_view html, css, js, vega;
};
[[nodiscard]] PageParts page_parts();

}  // namespace nputwin::report
