#pragma once

#include <string>
#include <vector>

#include "io/json.h"
#include "report/report.h"

namespace nputwin::report {

/// A picture of a report as a Vega-Lite specification with its data inside.
struct Plot {
  std::string id;       ///< a file name and an HTML id: "propagation"
  std::string title;    ///< what it shows, in a few words
  std::string caption;  ///< how to read it
  Json spec;
  int height = 0;  ///< in pixels, with axes and legend
};

/// How the files of the formats that write plots end; each is a specification.
constexpr const char* kPlotEnding = ".vl.json";

/// Those for which the report has something to show, in reading order.
[[nodiscard]] std::vector<Plot> plots_of(const Report& report);

}  // namespace nputwin::report
