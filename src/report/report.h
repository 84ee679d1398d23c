#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/compare/condition.h"
#include "analysis/compare/diff_result.h"
#include "model/model.h"
#include "report/baseline.h"
#include "report/provenance.h"

namespace nputwin::report {

/// What a report is made of.
struct Report : Provenance {
  DiffResult result;
  std::shared_ptr<const Model> model;
  struct Side {
    std::string name, summary;          ///< as the user named it; its profile in one sentence, empty for captures
    std::optional<std::size_t> on_npu;  ///< how many ops of the model an NPU's delegate takes, where there is one
  };
  Side a, b;
  std::string explain;                         ///< explains one element; empty where nothing differs in isolation
  std::vector<std::string> explain_layers;     ///< the same for each layer of the result
  std::vector<Condition> fail_if;              ///< report/gate.h judges them
  std::optional<Baseline> baseline;            ///< what conditions held of before, and is no failure
  std::chrono::system_clock::time_point when;  ///< the work began
};

/// A file of a report. `name` is empty for formats of one file: the user names it.
struct ReportFile {
  std::string name, content;
};

/// A format that a report can be written in: one line in formats.inc.
struct ReportFormat {
  std::string_view name, description;
  std::vector<ReportFile> (*write)(const Report& report);
  bool many_files;  ///< -o names a folder
  /// The kind of picture to draw from each file, which is then a Vega-Lite specification: svg, png; empty: none.
  std::string_view picture;
};
[[nodiscard]] std::span<const ReportFormat> report_formats();
/// The format of that name; null where there is none.
[[nodiscard]] const ReportFormat* find_format(std::string_view name);
/// The format that a file's ending asks for; null where it asks for none.
[[nodiscard]] const ReportFormat* format_of_file(const std::string& path);

}  // namespace nputwin::report
