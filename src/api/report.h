#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "api/diff.h"
#include "report/gate.h"
#include "report/report.h"

namespace nputwin::api {

struct ReportOptions {
  DiffOptions diff;
  std::string verb;                  ///< of the command that repeats it: diff, report
  std::vector<std::string> outputs;  ///< files, or for formats of many files folders; their endings say the formats
  std::string format;                ///< as report_formats() names it, of the output whose ending says none
  std::vector<std::string> fail_if;  ///< conditions, as Condition::parse takes them
  std::string baseline;              ///< a file that Baseline reads: what was as bad there is no failure
  std::string printed;               ///< how the result is printed too: text, json, csv; empty: it is not
  std::string plot_python;           ///< draws the formats svg and png
  std::string version;               ///< of the program that writes the report
  std::chrono::system_clock::time_point when;  ///< the work began; the epoch: not said
  std::string date;                            ///< of the day, which the report names; empty: it names none
};

/// A comparison and all that is said of it.
struct Reported {
  report::Report report;
  SampleRange samples;  ///< as in Diffed
  std::size_t all = 0;
  bool stopped = false;
};

/// Compares two sides, assembles the report and writes the outputs: all of them, or none where one cannot be made.
/// Where the work is stopped nothing is written. Mistakes in the options are told before the work begins.
[[nodiscard]] Result<Reported> report(const ReportOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api
