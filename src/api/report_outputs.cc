#include "api/report_outputs.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/folder.h"
#include "base/suggestion.h"
#include "report/plot_renderer.h"
#include "report/plots.h"

namespace nputwin::api {
namespace {

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const auto& known : report::report_formats()) names.emplace_back(known.name);
  return names;
}

std::string format_list() {
  std::string list;
  for (const std::string& name : format_names()) list += (list.empty() ? "" : ", ") + name;
  return list;
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

Status write(const std::vector<report::ReportFile>& files, const ReportOutput& output) {
  if (!output.format->many_files) return write_file_whole(output.path, files.front().content);
  NPUTWIN_RETURN_IF_ERROR(make_folder(output.path));
  for (const auto& [name, content] : files)
    NPUTWIN_RETURN_IF_ERROR(write_file_whole((std::filesystem::path(output.path) / name).string(), content));
  return {};
}

}  // namespace

Result<std::vector<ReportOutput>> report_outputs(const std::vector<std::string>& paths, const std::string& format) {
  const report::ReportFormat* asked = report::find_format(format);
  if (!format.empty() && asked == nullptr)
    return error("no report format is called '{}'{}; there are: {}", format, did_you_mean(format, format_names()),
                 format_list());
  std::vector<ReportOutput> outputs;
  bool format_is_used = format.empty();
  for (const std::string& path : paths) {
    if (std::ranges::any_of(outputs, [&](const ReportOutput& other) { return other.path == path; }))
      return error("--output {} stands there twice", path);
    const report::ReportFormat* by_ending = report::format_of_file(path);
    const bool takes_format = asked != nullptr && (paths.size() == 1 || by_ending == nullptr);
    format_is_used = format_is_used || takes_format;
    outputs.push_back({path, takes_format ? asked : by_ending});
    if (outputs.back().format == nullptr && path == "-")
      return error("'-': stdout has no ending; expected `nputwin report --format` with one of {}", format_list());
    if (outputs.back().format == nullptr)
      return error(
          "'{}': the ending names no report format; expected html, md, json, csv or xml, or `nputwin report --format` "
          "with one of {}",
          path, format_list());
  }
  if (!format_is_used)
    return error("--format {}: the ending of every output names another format; expected one without such an ending",
                 format);
  return outputs;
}

Status write_outputs(const std::vector<ReportOutput>& outputs, const report::Report& report,
                     const std::string& plot_python) {
  std::vector<std::vector<report::ReportFile>> contents;
  for (const ReportOutput& output : outputs) {
    std::vector<report::ReportFile> files = output.format->write(report);
    if (!output.format->picture.empty()) {
      NPUTWIN_ASSIGN_OR_RETURN(files, drawn(files, std::string(output.format->picture), plot_python));
    }
    contents.push_back(std::move(files));
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) NPUTWIN_RETURN_IF_ERROR(write(contents[i], outputs[i]));
  return {};
}

}  // namespace nputwin::api
