// nputwin report: a comparison as a page, or in a format of another tool.

#include <filesystem>

#include "base/hash.h"
#include "comparison.h"
#include "report/plot_renderer.h"
#include "report/plots.h"
#include "report/report.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  ComparisonArguments comparison;
  std::string output, format, plot_python;
  std::vector<std::string> fail_if;
};

const report::ReportFormat* find_format(std::string_view name) {
  const auto formats = report::report_formats();
  const auto found = std::find_if(formats.begin(), formats.end(), [&](const auto& f) { return f.name == name; });
  return found == formats.end() ? nullptr : &*found;
}

/// The format that a file's ending asks for.
const report::ReportFormat* format_of(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  return find_format(ending == ".md"    ? "markdown"
                     : ending == ".xml" ? "junit"
                     : ending == ".htm" ? "html"
                     : ending.empty()   ? ""
                                        : ending.substr(1));
}

std::string format_names() {
  std::string names;
  for (const auto& format : report::report_formats())
    names += fmt::format("\n  {:<18} {}{}", format.name, format.description,
                         format.many_files ? " (-o names a folder)" : "");
  return names;
}

/// The command line as a shell takes it again.
std::string command_text(const Arguments& a) {
  const ComparisonArguments& c = a.comparison;
  std::string text = fmt::format("nputwin report {} --a {} --b {}{}{}{}", quoted(c.model.path), quoted(c.a.text),
                                 quoted(c.b.text), c.input.text(), c.mode.text(), c.machine.preparation.text());
  for (const std::string& condition : a.fail_if) text += " --fail-if " + quoted(condition);
  if (!a.format.empty()) text += " --format " + a.format;
  return text + " -o " + quoted(a.output);
}

Result<report::Report::Side> side_of(const ProfileArgument& argument) {
  if (is_captured(argument)) return report::Report::Side{argument.text, ""};
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, argument.read());
  return report::Report::Side{argument.text, profile.summary};
}

/// The Python to draw plots with if none is named: the build's own, if it is still there.
std::string default_plot_python() {
  const std::string built = NPUTWIN_PLOT_PYTHON;
  std::error_code ignored;
  return !built.empty() && std::filesystem::exists(built, ignored) ? built : "python3";
}

/// The pictures of files that are specifications.
Result<std::vector<report::ReportFile>> drawn(std::vector<report::ReportFile> files, const std::string& kind,
                                              const std::string& python) {
  std::vector<std::string> specifications;
  specifications.reserve(files.size());
  for (report::ReportFile& file : files) specifications.push_back(std::move(file.content));
  const auto pictures = render_plots(specifications, kind, python);
  if (!pictures) return at("--plot-python", pictures.error());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& name = files[i].name;
    files[i] = {name.substr(0, name.size() - std::string_view(report::kPlotEnding).size()) + "." + kind,
                (*pictures)[i]};
  }
  return files;
}

Status write(const std::vector<report::ReportFile>& files, const Arguments& a, bool folder) {
  if (!folder) return write_file_whole(a.output, files.front().content);
  NPUTWIN_RETURN_IF_ERROR(make_folder(a.output));
  for (const auto& [name, content] : files)
    NPUTWIN_RETURN_IF_ERROR(write_file_whole((std::filesystem::path(a.output) / name).string(), content));
  return {};
}

Result<Exit> run(const Arguments& a) {
  const report::ReportFormat* format = a.format.empty() ? format_of(a.output) : find_format(a.format);
  if (format == nullptr)
    return error(
        "'{}' names no format; --format takes one of these, or -o a file that ends in html, md, json, csv or "
        "xml:{}",
        a.format.empty() ? a.output : a.format, format_names());
  report::Report report;
  for (const std::string& text : a.fail_if) {
    NPUTWIN_ASSIGN_OR_RETURN(Condition condition, Condition::parse(text));
    report.fail_if.push_back(std::move(condition));
  }
  NPUTWIN_ASSIGN_OR_RETURN(report.model, a.comparison.model.read());
  NPUTWIN_ASSIGN_OR_RETURN(report.a, side_of(a.comparison.a));
  NPUTWIN_ASSIGN_OR_RETURN(report.b, side_of(a.comparison.b));
  NPUTWIN_ASSIGN_OR_RETURN(report.result, compare(a.comparison, report.model, true));
  if (interrupted()) return error("interrupted: {} is as it was", a.output);
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(a.comparison.model.path));
  report.model_sha256 = sha256_hex(file->bytes());
  report.version = NPUTWIN_VERSION;
  report.command = command_text(a);
  report.explain = explain_command(a.comparison, report.result);
  while (report.explain.ends_with('\n')) report.explain.pop_back();
  std::vector<report::ReportFile> files = format->write(report);
  if (!format->picture.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(files, drawn(std::move(files), std::string(format->picture), a.plot_python));
  }
  NPUTWIN_RETURN_IF_ERROR(write(files, a, format->many_files));
  const auto failed = report::failures(report);
  for (const auto& [layer, condition] : failed)
    fmt::print("op {} {} '{}': {}\n", layer->node, layer->op, layer->name, condition);
  if (!a.fail_if.empty()) return failed.empty() ? Exit::kSame : Exit::kDiffers;
  return report.result.differs() ? Exit::kDiffers : Exit::kSame;
}

}  // namespace

void add_report_command(Command root) {
  Command command = root.verb("report", "Compare two sides and write what was found, as a page or for other tools");
  command.footer("Formats:" + format_names() +
                 "\n\nExit code 1 where anything differs; with --fail-if, where a condition holds of a layer.\n\n" +
                 captured_side_help());
  auto a = std::make_shared<Arguments>();
  a->plot_python = default_plot_python();
  a->comparison.add(command);
  command.option("--output,-o", a->output, "The file, or for some formats the folder, to write").required();
  command.option("--format", a->format, "The format, if the file's ending does not say it");
  command
      .option("--fail-if", a->fail_if,
              "A condition such as 'mismatch>0.1%', 'largest>=3', 'cosine<0.999', 'sqnr<30', held "
              "against each layer end to "
              "end. Repeat it for further ones")
      .repeatable();
  command
      .option("--plot-python", a->plot_python,
              "For the formats svg and png: a Python that has the package vl_convert (pip install "
              "vl-convert-python)")
      .shows_default();
  command.does([a] { return run(*a); });
}

}  // namespace nputwin::cli
