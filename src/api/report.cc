#include "api/report.h"

#include <algorithm>

#include "api/command_text.h"
#include "api/layer.h"
#include "api/provenance.h"
#include "api/report_outputs.h"
#include "base/suggestion.h"
#include "io/tflite/reader.h"
#include "profile/variant.h"

namespace nputwin::api {
namespace {

Result<report::Report::Side> side_of(const std::string& text) {
  if (is_recording(text)) return report::Report::Side{text, "", std::nullopt};
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, profile_of_side(text));
  return report::Report::Side{text.ends_with(".json") ? text : profile.name, profile.summary, std::nullopt};
}

std::string command_text(const ReportOptions& options) {
  std::string text = fmt::format("{} {} {}", options.diff.program, options.verb, comparison_text(options.diff));
  if (const auto& range = options.diff.samples) text += fmt::format(" --samples {}:{}", range->first, range->last);
  for (const std::string& condition : options.fail_if) text += " --fail-if " + quoted(condition);
  if (!options.baseline.empty()) text += " --baseline " + quoted(options.baseline);
  const std::string& format = options.printed.empty() ? options.format : options.printed;
  if (!format.empty() && format != "text") text += " --format " + format;
  for (const std::string& output : options.outputs) text += " -o " + quoted(output);
  return text;
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

/// That the layer or output that a condition names is one of the model.
Status check_names(const Condition& condition, const Graph& graph) {
  const Condition::Scope& scope = condition.scope();
  if (scope.of == Condition::Scope::Of::kLayer) {
    const auto layer = find_layer(graph, scope.which);
    return layer ? Status() : in_context("--fail-if " + condition.text(), layer.error());
  }
  if (scope.of != Condition::Scope::Of::kOutput) return {};
  std::vector<std::string> names;
  names.reserve(graph.outputs.size());
  for (const int t : graph.outputs) names.push_back(graph.spec(t).name);
  if (std::ranges::find(names, scope.which) != names.end()) return {};
  return error("--fail-if {}: no output of the model is called '{}'{}; `nputwin inspect` lists the names",
               condition.text(), scope.which, did_you_mean(scope.which, names));
}

Result<std::vector<Condition>> conditions(const ReportOptions& options) {
  std::vector<Condition> result;
  for (const std::string& text : options.fail_if) {
    auto condition = Condition::parse(text);
    if (!condition) return in_context("--fail-if", condition.error());
    result.push_back(*std::move(condition));
  }
  if (std::ranges::any_of(result, [](const Condition& c) { return !c.scope().which.empty(); })) {
    NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.diff.model));
    for (const Condition& condition : result) NPUTWIN_RETURN_IF_ERROR(check_names(condition, model->main()));
  }
  if (!options.baseline.empty() && result.empty()) {
    for (const char* text : {"mismatch>0", "largest>0"}) {
      NPUTWIN_ASSIGN_OR_RETURN(Condition condition, Condition::parse(text));
      result.push_back(std::move(condition));
    }
  }
  return result;
}

/// Whether files are hashed: for whatever outlives this run.
bool is_documented(const ReportOptions& options) { return !options.outputs.empty() || options.printed == "json"; }

/// All of a report but the comparison's result, so that a mistake is told before the work begins.
Result<report::Report> prepared(const ReportOptions& options, const Callbacks& callbacks) {
  report::Report report;
  NPUTWIN_ASSIGN_OR_RETURN(report.fail_if, conditions(options));
  NPUTWIN_ASSIGN_OR_RETURN(report.a, side_of(options.diff.a));
  NPUTWIN_ASSIGN_OR_RETURN(report.b, side_of(options.diff.b));
  if (is_documented(options) || !options.baseline.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(static_cast<report::Provenance&>(report), provenance_of(options.diff));
  }
  if (!options.baseline.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(report.baseline, report::Baseline::read(options.baseline));
    NPUTWIN_RETURN_IF_ERROR(report.baseline->check(report));
    if (!report.baseline->is_of_model(report.model_sha256))
      callbacks.say(fmt::format("{}: the baseline is of another file of the model", options.baseline));
  }
  report.version = options.version;
  report.command = command_text(options);
  report.when = options.when;
  return report;
}

Status take(Diffed diffed, const ReportOptions& options, report::Report& report) {
  report.model = std::move(diffed.model);
  report.result = std::move(diffed.result);
  report.samples = {{diffed.samples.first, diffed.samples.last}};
  if (report.baseline && !diffed.stopped) {
    NPUTWIN_RETURN_IF_ERROR(report.baseline->check(report.result, report.samples));
  }
  NPUTWIN_ASSIGN_OR_RETURN(report.a.on_npu, ops_on_npu(*report.model, options.diff.a, options.diff));
  NPUTWIN_ASSIGN_OR_RETURN(report.b.on_npu, ops_on_npu(*report.model, options.diff.b, options.diff));
  report.explain = explain_command(options.diff, report.result);
  for (const LayerDiff& layer : report.result.layers)
    report.explain_layers.push_back(explain_command(options.diff, report.result, layer));
  return {};
}

}  // namespace

Result<Reported> report(const ReportOptions& options, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto outputs, report_outputs(options.outputs, options.format));
  Reported reported;
  NPUTWIN_ASSIGN_OR_RETURN(reported.report, prepared(options, callbacks));
  DiffOptions with_expectations = options.diff;
  with_expectations.expectations = true;
  NPUTWIN_ASSIGN_OR_RETURN(Diffed diffed, diff(with_expectations, callbacks));
  reported.samples = diffed.samples;
  reported.all = diffed.all;
  reported.stopped = diffed.stopped;
  NPUTWIN_RETURN_IF_ERROR(take(std::move(diffed), options, reported.report));
  if (!reported.stopped) NPUTWIN_RETURN_IF_ERROR(write_outputs(outputs, reported.report, options.plot_python));
  return reported;
}

}  // namespace nputwin::api
