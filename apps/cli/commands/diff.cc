// nputwin diff: one model as two devices, and where they differ.

#include "analysis/capture_diff.h"
#include "analysis/explain.h"
#include "cli.h"
#include "io/runtime_capture.h"
#include "report/diff_report.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  ModelArgument model;
  InputArgument input;
  MachineArguments machine;
  FormatArgument format;
  RuntimeModeArgument mode;
  ProfileArgument a, b;
};

constexpr std::string_view kRuntime = "runtime:";

/// A is a real runtime or a file of tensors.
bool is_capture(const std::string& side) { return side.starts_with(kRuntime) || side.ends_with(".npz"); }

Result<DiffResult> with_capture(const Arguments& arguments, const std::shared_ptr<const Model>& model) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, arguments.b.read());
  NPUTWIN_ASSIGN_OR_RETURN(const SessionOptions options, arguments.machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(Session twin, Session::prepare(model, profile, options));
  NPUTWIN_ASSIGN_OR_RETURN(const auto samples, make_session_inputs(twin, arguments.input.sources));
  const std::string& side = arguments.a.text;
  DiffResult result;
  if (!side.starts_with(kRuntime)) {
    if (samples.size() != 1)
      return error("{} holds one sample's tensors, and the input {} samples", side, samples.size());
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, samples.sample(0));
    NPUTWIN_ASSIGN_OR_RETURN(const Capture capture, read_capture(side, *model));
    NPUTWIN_RETURN_IF_ERROR(add_capture(twin, capture, sample, result));
    return result;
  }
  const std::string python = side.substr(kRuntime.size());
  Progress progress("diff");
  for (std::size_t n = 0; n < samples.size() && !interrupted(); ++n) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, samples.sample(n));
    const auto capture = capture_runtime(python, *model, sample, arguments.mode.read());
    if (!capture) return at(fmt::format("{} on {}", python, model->path), capture.error());
    NPUTWIN_RETURN_IF_ERROR(add_capture(twin, *capture, sample, result));
    progress.at(n + 1, samples.size());
  }
  return result;
}

Result<DiffResult> of_profiles(const Arguments& arguments, const std::shared_ptr<const Model>& model) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile_a, arguments.a.read());
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile_b, arguments.b.read());
  NPUTWIN_ASSIGN_OR_RETURN(const SessionOptions options, arguments.machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(Session a,
                           Session::prepare(model, profile_a, options_of(profile_a, profile_b, options)));
  NPUTWIN_ASSIGN_OR_RETURN(Session b,
                           Session::prepare(model, profile_b, options_of(profile_b, profile_a, options)));
  NPUTWIN_ASSIGN_OR_RETURN(const auto samples, make_session_inputs(a, arguments.input.sources));
  NPUTWIN_ASSIGN_OR_RETURN(Diff diff, Diff::between(a, b));
  Progress progress("diff");
  const std::size_t ops = model->main().nodes.size();
  for (std::size_t n = 0; n < samples.size() && !interrupted(); ++n) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, samples.sample(n));
    NPUTWIN_RETURN_IF_ERROR(
        diff.add(sample, [&](std::size_t done) { progress.at(n * ops + done, samples.size() * ops); }));
  }
  return diff.result();
}

/// The command that explains the first element that differs alone; of a capture, what B computes of it.
std::string explain_command(const Arguments& args, const DiffResult& result) {
  const LayerDiff* layer = result.first_alone();
  if (layer == nullptr) return "";
  const std::int64_t of_all = layer->isolated.first_mismatch().value_or(0);
  const std::int64_t of_one = std::max<std::int64_t>(element_count(layer->shape).value_or(1), 1);
  std::string sides = " --a " + quoted(args.b.text);
  if (!is_capture(args.a.text)) sides = " --a " + quoted(args.a.text) + " --b " + quoted(args.b.text);
  std::string text = fmt::format("nputwin explain {}{}{}", quoted(args.model.path), sides, args.input.text());
  if (result.samples > 1) text += fmt::format(" --sample {}", of_all / of_one);
  text += fmt::format(" --layer {}", layer->node);
  if (layer->output != 0) text += fmt::format(" --output {}", layer->output);
  return text + fmt::format(" --index {}", fmt::join(unflatten(layer->shape, of_all % of_one), ",")) +
         args.machine.shape.text() + args.machine.on_cpu.text() + "\n";
}

Result<Exit> run(const Arguments& arguments) {
  if (is_capture(arguments.b.text))
    return error("--b {}: a runtime or a file of tensors is the side --a, which B's layers are run on",
                 arguments.b.text);
  listen_for_interrupts();
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, arguments.model.read());
  NPUTWIN_ASSIGN_OR_RETURN(const DiffResult result, is_capture(arguments.a.text)
                                                        ? with_capture(arguments, model)
                                                        : of_profiles(arguments, model));
  const bool partial = interrupted();
  if (partial) fmt::print(stderr, "interrupted: the result is of {} samples\n", result.samples);
  const std::string& format = arguments.format.format;
  fmt::print("{}", format == "json"  ? report::diff_json(result)
                   : format == "csv" ? report::diff_csv(result)
                                     : report::diff_text(result) + explain_command(arguments, result));
  if (partial) return Exit::kFailed;
  return result.differs() ? Exit::kDiffers : Exit::kSame;
}

}  // namespace

void add_diff_command(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("diff", "Run a model as two devices and show, layer by layer, where they differ");
  command->footer(
      "alone: B's layer on A's inputs. end-to-end: each side on its own. LSB: steps of the output code.\n"
      "SQNR and cosine compare the real values end to end; '-' where nothing differs, 'undefined' where a "
      "side is all zeros.\n"
      "--a runtime:.venv/bin/python is your own TensorFlow Lite or LiteRT, as for selfcheck; --a board.npz "
      "holds "
      "tensors by name, as run --all writes them.\n"
      "Exit code 1 where anything differs.");
  auto a = std::make_shared<Arguments>();
  a->model.add(*command);
  a->a.add(*command, "--a", "The first side, also runtime:PYTHON or an .npz of captured tensors")->required();
  a->b.add(*command, "--b", "The second side")->required();
  a->input.add(*command);
  a->mode.add(*command);
  a->format.add(*command, {"text", "json", "csv"});
  a->machine.add(*command);
  command->callback([a, &action] { action = [a] { return run(*a); }; });
}

}  // namespace nputwin::cli
