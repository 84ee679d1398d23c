#pragma once

#include <string>
#include <vector>

#include "api/diff.h"
#include "report/report.h"

namespace nputwin::api {

struct ReportOptions {
  DiffOptions diff;
  std::string format;                ///< as report_formats() names it; empty: what the output's ending asks for
  std::string output;                ///< the file, or for formats of many files the folder
  std::vector<std::string> fail_if;  ///< conditions, as Condition::parse takes them
  std::string plot_python;           ///< draws the formats svg and png
  std::string version;               ///< of the program that writes the report
  std::string date;                  ///< of the day, which the report names; empty: it names none
};

/// Compares two sides, assembles the report and writes it. Where the work is stopped that is an error, and the
/// output is as it was.
[[nodiscard]] Result<report::Report> report(const ReportOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api
