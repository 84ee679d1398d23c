#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/compare/condition.h"
#include "analysis/compare/diff_result.h"
#include "model/model.h"

namespace nputwin::report {

/// What a report is made of.
struct Report {
  DiffResult result;
  std::shared_ptr<const Model> model;
  struct Side {
    std::string name, summary;          ///< as the user named it; its profile in one sentence, empty for captures
    std::optional<std::size_t> on_npu;  ///< how many ops of the model an NPU's delegate takes, where there is one
  };
  Side a, b;
  std::string version;       ///< of this program
  std::string date;          ///< when the report was made, "2026-11-29"; empty: not said
  std::string model_sha256;  ///< of the file
  std::string command;       ///< repeats the comparison
  std::string explain;       ///< explains one element; empty where nothing differs in isolation
  /// The same for each layer of the result, empty where it does not differ in isolation.
  std::vector<std::string> explain_layers;
  std::vector<Condition> fail_if;  ///< checked against each layer's accumulated figures
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

/// The layers for which a condition of `fail_if` holds, each with that condition's text.
struct Failure {
  const LayerDiff* layer;
  std::string condition;
};
[[nodiscard]] std::vector<Failure> failures(const Report& report);
/// Why a layer fails, in formats that know pass and fail: the conditions that hold; without conditions, that its
/// accumulated values differ. Empty where it passes.
[[nodiscard]] std::string failure_of(const Report& report, const LayerDiff& layer);

}  // namespace nputwin::report
