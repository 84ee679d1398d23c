#include "report/page_parts.h"

// From cmake/report_page.cmake.
extern "C" {
extern const char nputwin_page_html[], nputwin_page_html_end[];
extern const char nputwin_page_css[], nputwin_page_css_end[];
extern const char nputwin_page_js[], nputwin_page_js_end[];
extern const char nputwin_page_vega[], nputwin_page_vega_end[];
}

namespace nputwin::report {

PageParts page_parts() {
  return {{nputwin_page_html, nputwin_page_html_end},
          {nputwin_page_css, nputwin_page_css_end},
          {nputwin_page_js, nputwin_page_js_end},
          {nputwin_page_vega, nputwin_page_vega_end}};
}

}  // namespace nputwin::report
