#include "api/report.h"

#include <algorithm>
#include <filesystem>

#include "api/command_text.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/hash.h"
#include "base/suggestion.h"
#include "profile/variant.h"
#include "report/plot_renderer.h"
#include "report/plots.h"

namespace nputwin::api {
namespace {

Result<const report::ReportFormat*> chosen_format(const ReportOptions& options) {
  const report::ReportFormat* format =
      options.format.empty() ? report::format_of_file(options.output) : report::find_format(options.format);
  if (format != nullptr) return format;
  std::vector<std::string> names;
  std::string list;
  for (const auto& known : report::report_formats()) {
    names.emplace_back(known.name);
    list += fmt::format("{}{}", list.empty() ? "" : ", ", known.name);
  }
  if (!options.format.empty())
    return error("no report format is called '{}'{}; there are: {}", options.format,
                 did_you_mean(options.format, names), list);
  return error(
      "'{}': the ending names no report format; expected html, md, json, csv or xml, or --format with one of {}",
      options.output, list);
}

Result<report::Report::Side> side_of(const std::string& text) {
  if (is_recording(text)) return report::Report::Side{text, "", std::nullopt};
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, resolve_profile(text));
  return report::Report::Side{text.ends_with(".json") ? text : profile.name, profile.summary, std::nullopt};
}

std::string report_command(const ReportOptions& options) {
  std::string text = options.diff.program + " report " + comparison_text(options.diff);
  for (const std::string& condition : options.fail_if) text += " --fail-if " + quoted(condition);
  if (!options.format.empty()) text += " --format " + options.format;
  return text + " -o " + quoted(options.output);
}

/// How many ops the side's NPU takes, where a delegate decides that.
Result<std::optional<std::size_t>> ops_on_npu(const Model& model, const std::string& side, const DiffOptions& options) {
  if (is_recording(side)) return std::nullopt;
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, resolve_profile(side));
  if (vx_release(profile.delegate) == nullptr) return std::nullopt;
  NPUTWIN_ASSIGN_OR_RETURN(const auto coverage, Session::coverage(model, profile, options.sides.session));
  return static_cast<std::size_t>(
      std::ranges::count_if(coverage, [](const NodeCoverage& c) { return vx_release(c.delegate) != nullptr; }));
}

/// All of a report but the comparison's result, so that a mistake is told before the work begins.
Result<report::Report> prepared(const ReportOptions& options) {
  report::Report report;
  for (const std::string& text : options.fail_if) {
    NPUTWIN_ASSIGN_OR_RETURN(Condition condition, Condition::parse(text));
    report.fail_if.push_back(std::move(condition));
  }
  NPUTWIN_ASSIGN_OR_RETURN(report.a, side_of(options.diff.a));
  NPUTWIN_ASSIGN_OR_RETURN(report.b, side_of(options.diff.b));
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(options.diff.model));
  report.model_sha256 = sha256_hex(file->bytes());
  report.version = options.version;
  report.command = report_command(options);
  return report;
}

/// The pictures of files that are specifications.
Result<std::vector<report::ReportFile>> drawn(const std::vector<report::ReportFile>& files, const std::string& kind,
                                              const std::string& python) {
  std::vector<std::string> specifications;
  specifications.reserve(files.size());
  for (const report::ReportFile& file : files) specifications.push_back(file.content);
  const auto pictures = render_plots(specifications, kind, python);
  if (!pictures) return in_context("--plot-python", pictures.error());
  std::vector<report::ReportFile> result;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string_view name = files[i].name;
    const std::string_view stem = name.substr(0, name.size() - std::string_view(report::kPlotEnding).size());
    result.push_back({fmt::format("{}.{}", stem, kind), (*pictures)[i]});
  }
  return result;
}

Status write(const std::vector<report::ReportFile>& files, const std::string& output, bool folder) {
  if (!folder) return write_file_whole(output, files.front().content);
  NPUTWIN_RETURN_IF_ERROR(make_folder(output));
  for (const auto& [name, content] : files)
    NPUTWIN_RETURN_IF_ERROR(write_file_whole((std::filesystem::path(output) / name).string(), content));
  return {};
}

}  // namespace

Result<report::Report> report(const ReportOptions& options, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const report::ReportFormat* format, chosen_format(options));
  NPUTWIN_ASSIGN_OR_RETURN(report::Report report, prepared(options));
  DiffOptions with_expectations = options.diff;
  with_expectations.expectations = true;
  NPUTWIN_ASSIGN_OR_RETURN(Diffed diffed, diff(with_expectations, callbacks));
  if (diffed.stopped) return error("interrupted: {} is as it was", options.output);
  report.model = std::move(diffed.model);
  NPUTWIN_ASSIGN_OR_RETURN(report.a.on_npu, ops_on_npu(*report.model, options.diff.a, options.diff));
  NPUTWIN_ASSIGN_OR_RETURN(report.b.on_npu, ops_on_npu(*report.model, options.diff.b, options.diff));
  report.result = std::move(diffed.result);
  report.explain = explain_command(options.diff, report.result);
  std::vector<report::ReportFile> files = format->write(report);
  if (!format->picture.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(files, drawn(files, std::string(format->picture), options.plot_python));
  }
  NPUTWIN_RETURN_IF_ERROR(write(files, options.output, format->many_files));
  return report;
}

}  // namespace nputwin::api
