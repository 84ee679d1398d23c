// nputwin selfcheck: a profile's word, checked against the user's own runtime.

#include "analysis/compare/capture_diff.h"
#include "cli.h"
#include "report/selfcheck_report.h"
#include "session/shapes.h"
#include "sides/runtime_capture.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  ModelArgument model;
  MachineArguments machine;
  FormatArgument format;
  ProfileArgument profile;
  std::string python;
  RuntimeModeArgument mode;
  std::vector<std::string> sources = {"noise:1"};
};

Result<DiffResult> compare(const std::shared_ptr<const Model>& model, const Profile& profile,
                           const SessionOptions& options, const Capture& capture, const Sample& inputs) {
  NPUTWIN_ASSIGN_OR_RETURN(Session session, Session::prepare(model, profile, options));
  CaptureDiff diff(session, CaptureDiff::CaptureSide::kA);
  NPUTWIN_RETURN_IF_ERROR(diff.add(capture, inputs));
  return diff.result();
}

Result<Exit> run(const Arguments& a) {
  NPUTWIN_ASSIGN_OR_RETURN(const SessionOptions options, a.machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, a.model.read());
  if (!a.profile.text.empty()) {  // before anything runs
    NPUTWIN_ASSIGN_OR_RETURN(const Profile asked, resolve_profile(a.profile.text));
    NPUTWIN_ASSIGN_OR_RETURN(const Session session, Session::prepare(model, asked, options));
  }
  NPUTWIN_ASSIGN_OR_RETURN(const auto specs, shapes_of(*model, options));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, make_input(inputs_of(model->main(), specs), a.sources));

  const auto captured = capture_runtime(a.python, *model, sample, a.mode.read());
  if (!captured) return at(fmt::format("{} on {}", a.python, model->path), captured.error());
  report::Selfcheck check;
  std::string name = a.profile.text;
  if (name.empty()) {
    if (captured->profile.empty()) {
      return error("no profile is known for {} {} on {}; --profile names one to compare with", captured->package,
                   captured->version, captured->machine);
    }
    name = captured->profile, check.measured = captured->measured;
  }
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, resolve_profile(name));
  NPUTWIN_ASSIGN_OR_RETURN(check.result, compare(model, profile, options, *captured, sample));
  if (check.result.differs()) {
    for (const Profile& other : builtin_profiles()) {
      const auto result = compare(model, other, options, *captured, sample);
      if (result && !result->differs()) check.equals.push_back(other.name);
    }
  }
  fmt::print("{}", a.format.format == "json" ? report::selfcheck_json(check) : report::selfcheck_text(check));
  return check.result.differs() ? Exit::kDiffers : Exit::kSame;
}

}  // namespace

void add_selfcheck_command(Command root) {
  Command command = root.verb(
      "selfcheck", "Run a model in your own TensorFlow Lite or LiteRT and check, op by op, that a profile equals it");
  command.footer(
      "Example: nputwin selfcheck model.tflite --runtime .venv/bin/python\n"
      "The interpreter needs numpy and one of tflite_runtime, ai_edge_litert and tensorflow. It gets a copy "
      "of the model "
      "in which every op's output is\nan output of the model. Exit code 1 where anything differs.");
  auto a = std::make_shared<Arguments>();
  a->model.add(command);
  command.option("--runtime", a->python, "The Python interpreter that has the runtime").required();
  a->mode.add(command);
  a->profile.add(command, "--profile,-p",
                 "The profile to check; by default the one of the runtime's version and processor");
  command.option("--input,-i", a->sources, kInputSourceHelp).repeatable().shows_default();
  a->format.add(command, {"text", "json"});
  a->machine.add(command);
  command.does([a] { return run(*a); });
}

}  // namespace nputwin::cli
