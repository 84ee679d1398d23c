#include "comparison.h"

#include "analysis/capture_diff.h"
#include "analysis/explain.h"
#include "io/runtime_capture.h"

namespace nputwin::cli {
namespace {

constexpr std::string_view kRuntime = "runtime:";

bool is_capture(const std::string& side) { return side.starts_with(kRuntime) || is_capture_file(side); }

Result<DiffResult> with_capture(const ComparisonArguments& arguments,
                                const std::shared_ptr<const Model>& model) {
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

Result<DiffResult> of_profiles(const ComparisonArguments& arguments,
                               const std::shared_ptr<const Model>& model) {
  NPUTWIN_ASSIGN_OR_RETURN(Sides sides, prepare_sides(model, arguments.a, arguments.b, arguments.machine));
  NPUTWIN_ASSIGN_OR_RETURN(const auto samples, make_session_inputs(sides.a, arguments.input.sources));
  NPUTWIN_ASSIGN_OR_RETURN(Diff diff, Diff::between(sides.a, sides.b));
  Progress progress("diff");
  const std::size_t ops = model->main().nodes.size();
  for (std::size_t n = 0; n < samples.size() && !interrupted(); ++n) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, samples.sample(n));
    NPUTWIN_RETURN_IF_ERROR(
        diff.add(sample, [&](std::size_t done) { progress.at(n * ops + done, samples.size() * ops); }));
  }
  return diff.result();
}

}  // namespace

void ComparisonArguments::add(CLI::App& command) {
  model.add(command);
  a.add(command, "--a",
        "The first side; also runtime:PYTHON, or captured tensors: an .npz, Polygraphy's .json, a folder of "
        "accuracy_debugger's .raw")
      ->required();
  b.add(command, "--b", "The second side")->required();
  input.add(command);
  mode.add(command);
  machine.add(command);
}

bool ComparisonArguments::a_is_capture() const { return is_capture(a.text); }

Result<DiffResult> compare(const ComparisonArguments& arguments, const std::shared_ptr<const Model>& model) {
  if (is_capture(arguments.b.text))
    return error("--b {}: a runtime or a file of tensors is the side --a, which B's layers are run on",
                 arguments.b.text);
  listen_for_interrupts();
  auto result = arguments.a_is_capture() ? with_capture(arguments, model) : of_profiles(arguments, model);
  if (result && interrupted())
    fmt::print(stderr, "interrupted: the result is of {} samples\n", result->samples);
  return result;
}

std::string explain_command(const ComparisonArguments& args, const DiffResult& result) {
  const LayerDiff* layer = result.first_alone();
  if (layer == nullptr) return "";
  const std::int64_t of_all = layer->isolated.first_mismatch().value_or(0);
  const std::int64_t of_one = std::max<std::int64_t>(element_count(layer->shape).value_or(1), 1);
  std::string sides = " --a " + quoted(args.b.text);
  if (!args.a_is_capture()) sides = " --a " + quoted(args.a.text) + " --b " + quoted(args.b.text);
  std::string text = fmt::format("nputwin explain {}{}{}", quoted(args.model.path), sides, args.input.text());
  if (result.samples > 1) text += fmt::format(" --sample {}", of_all / of_one);
  text += fmt::format(" --layer {}", layer->node);
  if (layer->output != 0) text += fmt::format(" --output {}", layer->output);
  return text + fmt::format(" --index {}", fmt::join(unflatten(layer->shape, of_all % of_one), ",")) +
         args.machine.shape.text() + args.machine.on_cpu.text() + "\n";
}

}  // namespace nputwin::cli
