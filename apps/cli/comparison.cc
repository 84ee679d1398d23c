#include "comparison.h"

#include "analysis/agree/characterise.h"
#include "analysis/compare/capture_diff.h"
#include "analysis/explain/explain.h"
#include "session/shapes.h"
#include "sides/runtime_capture.h"

namespace nputwin::cli {
namespace {

constexpr std::string_view kRuntime = "runtime:";

/// Where a captured side's samples come from: a runtime that is run on each input, or files.
class CapturedSide {
 public:
  [[nodiscard]] static Result<CapturedSide> open(const std::string& text, const RuntimeModeArgument& mode,
                                                 const Model& model, std::span<const TensorSpec> specs) {
    CapturedSide side;
    if (text.starts_with(kRuntime)) {
      side.read_ = [&model, mode = mode.read(), python = text.substr(kRuntime.size())](
                       std::size_t, const Sample& sample) -> Result<Capture> {
        auto capture = capture_runtime(python, model, sample, mode);
        if (!capture) return at(fmt::format("{} on {}", python, model.path), capture.error());
        return std::move(*capture);
      };
      return side;
    }
    NPUTWIN_ASSIGN_OR_RETURN(CaptureSet set, open_captures(text, model, specs));
    side.size_ = set.size();
    side.read_ = [set = std::move(set)](std::size_t n, const Sample&) { return set.sample(n); };
    return side;
  }

  /// How many samples there are; a runtime takes as many as the inputs have.
  [[nodiscard]] std::optional<std::size_t> size() const { return size_; }
  [[nodiscard]] Result<Capture> sample(std::size_t n, const Sample& inputs) const {
    NPUTWIN_ASSIGN_OR_RETURN(Capture capture, read_(n, inputs));
    if (n == 0) {
      for (const std::string& note : capture.notes) fmt::print(stderr, "nputwin: {}: {}\n", capture.source, note);
    }
    return capture;
  }

 private:
  std::optional<std::size_t> size_;
  std::function<Result<Capture>(std::size_t, const Sample&)> read_;
};

Status check_size(const ProfileArgument& side, std::optional<std::size_t> size, std::size_t samples) {
  if (!size || *size == samples) return {};
  return error("{} holds {} sample{}, and the other side or the input {}", side.text, *size, *size == 1 ? "" : "s",
               samples);
}

/// The session of the profile that a runtime is said to have, to find causes with; nothing where it cannot run the
/// model.
std::unique_ptr<Session> likeness_of(const Capture& capture, const std::shared_ptr<const Model>& model,
                                     const SessionOptions& options) {
  if (capture.profile.empty()) return nullptr;
  const auto profile = resolve_profile(capture.profile);
  if (!profile) return nullptr;
  auto session = Session::prepare(model, *profile, options);
  return session ? std::make_unique<Session>(std::move(*session)) : nullptr;
}

Result<DiffResult> with_capture(const ComparisonArguments& arguments, const std::shared_ptr<const Model>& model) {
  const bool a_is_capture = is_captured(arguments.a);
  const ProfileArgument& captured = a_is_capture ? arguments.a : arguments.b;
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, (a_is_capture ? arguments.b : arguments.a).read());
  NPUTWIN_ASSIGN_OR_RETURN(const SessionOptions options, arguments.machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(Session twin, Session::prepare(model, profile, options));
  NPUTWIN_ASSIGN_OR_RETURN(const auto samples, make_session_inputs(twin, arguments.input.sources));
  NPUTWIN_ASSIGN_OR_RETURN(const auto side,
                           CapturedSide::open(captured.text, arguments.mode, *model, twin.preparation().specs()));
  NPUTWIN_RETURN_IF_ERROR(check_size(captured, side.size(), samples.size()));
  CaptureDiff diff(twin, a_is_capture ? CaptureDiff::CaptureSide::kA : CaptureDiff::CaptureSide::kB);
  std::unique_ptr<Session> likeness;
  Progress progress("diff");
  for (std::size_t n = 0; n < samples.size() && !interrupted(); ++n) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, samples.sample(n));
    NPUTWIN_ASSIGN_OR_RETURN(const Capture capture, side.sample(n, sample));
    if (n == 0) {
      likeness = likeness_of(capture, model, options);
      if (likeness != nullptr) diff.set_likeness(*likeness);
    }
    NPUTWIN_RETURN_IF_ERROR(diff.add(capture, sample));
    progress.at(n + 1, samples.size());
  }
  return diff.result();
}

/// Of all tensors: as ops make them of their inputs, or, where an op is not known, as the file declares them.
std::vector<TensorSpec> specs_of(const std::shared_ptr<const Model>& model, const SessionOptions& options) {
  if (auto specs = shapes_of(*model, options)) return std::move(*specs);
  std::vector<TensorSpec> specs;
  specs.reserve(model->main().tensors.size());
  for (const ModelTensor& tensor : model->main().tensors) specs.push_back(tensor.spec);
  return specs;
}

Result<DiffResult> of_captures(const ComparisonArguments& arguments, const std::shared_ptr<const Model>& model) {
  NPUTWIN_ASSIGN_OR_RETURN(const SessionOptions options, arguments.machine.options());
  const std::vector<TensorSpec> specs = specs_of(model, options);
  NPUTWIN_ASSIGN_OR_RETURN(const auto a, CapturedSide::open(arguments.a.text, arguments.mode, *model, specs));
  NPUTWIN_ASSIGN_OR_RETURN(const auto b, CapturedSide::open(arguments.b.text, arguments.mode, *model, specs));
  std::optional<InputSet> inputs;
  if (!a.size() || !b.size()) {  // only a runtime asks for inputs
    NPUTWIN_ASSIGN_OR_RETURN(inputs, make_inputs(inputs_of(model->main(), specs), arguments.input.sources));
  }
  const std::size_t samples = inputs ? inputs->size() : *a.size();
  NPUTWIN_RETURN_IF_ERROR(check_size(arguments.a, a.size(), samples));
  NPUTWIN_RETURN_IF_ERROR(check_size(arguments.b, b.size(), samples));
  CaptureDiff diff(*model);
  Progress progress("diff");
  for (std::size_t n = 0; n < samples && !interrupted(); ++n) {
    Sample sample;
    if (inputs) {
      NPUTWIN_ASSIGN_OR_RETURN(sample, inputs->sample(n));
    }
    NPUTWIN_ASSIGN_OR_RETURN(const Capture capture_a, a.sample(n, sample));
    NPUTWIN_ASSIGN_OR_RETURN(const Capture capture_b, b.sample(n, sample));
    NPUTWIN_RETURN_IF_ERROR(diff.add(capture_a, capture_b));
    progress.at(n + 1, samples);
  }
  return diff.result();
}

Result<DiffResult> of_profiles(const ComparisonArguments& arguments, const std::shared_ptr<const Model>& model,
                               bool expectations) {
  NPUTWIN_ASSIGN_OR_RETURN(Sides sides, prepare_sides(model, arguments.a, arguments.b, arguments.machine));
  NPUTWIN_ASSIGN_OR_RETURN(const auto samples, make_session_inputs(sides.a, arguments.input.sources));
  NPUTWIN_ASSIGN_OR_RETURN(Diff diff, Diff::between(sides.a, sides.b));
  std::optional<Characteriser> characteriser;
  if (expectations) {
    NPUTWIN_ASSIGN_OR_RETURN(characteriser, Characteriser::of(sides.a, sides.b, Characteriser::Codes::k8Bit));
    diff.watch([&](std::size_t node, std::span<const TensorView> alone, std::span<const TensorView> a,
                   std::span<const MutableTensorView> b) {
      if (a.size() == 1) characteriser->count(node, alone, a[0], read_only(b[0]));
    });
  }
  Progress progress("diff");
  const std::size_t ops = model->main().nodes.size();
  for (std::size_t n = 0; n < samples.size() && !interrupted(); ++n) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, samples.sample(n));
    NPUTWIN_RETURN_IF_ERROR(
        diff.add(sample, [&](std::size_t done) { progress.at(n * ops + done, samples.size() * ops); }));
  }
  DiffResult result = diff.result();
  if (characteriser) {
    const auto characters = characteriser->result();
    for (LayerDiff& layer : result.layers) {
      const LayerCharacter& character = characters[layer.node];
      if (character.unknown.empty()) layer.expected = character.expected_total();
    }
  }
  return result;
}

}  // namespace

void ComparisonArguments::add(Command command) {
  model.add(command);
  a.add(command, "--a", "The first side").required();
  b.add(command, "--b", "The second side").required();
  input.add(command).required(false);
  mode.add(command);
  machine.add(command);
}

std::string captured_side_help() {
  return "A side may also be runtime:.venv/bin/python, your own TensorFlow Lite or LiteRT as for selfcheck, "
         "or captured "
         "tensors, perhaps with ,layout=nchw or ,layout=nhwc behind them:\n" +
         capture_formats_text() +
         "Against a capture, alone means the other side's op on the captured inputs; two captures need no "
         "--input.";
}

bool is_captured(const ProfileArgument& side) {
  const auto& profiles = builtin_profiles();
  const bool is_profile =
      std::any_of(profiles.begin(), profiles.end(), [&](const Profile& profile) { return profile.name == side.text; });
  if (is_profile) return false;  // a folder of that name is ./NAME
  return side.text.starts_with(kRuntime) || is_capture(side.text);
}

Result<DiffResult> compare(const ComparisonArguments& arguments, const std::shared_ptr<const Model>& model,
                           bool expectations) {
  listen_for_interrupts();
  const int captures = int{is_captured(arguments.a)} + int{is_captured(arguments.b)};
  auto result = captures == 0   ? of_profiles(arguments, model, expectations)
                : captures == 1 ? with_capture(arguments, model)
                                : of_captures(arguments, model);
  if (result && interrupted()) fmt::print(stderr, "interrupted: the result is of {} samples\n", result->samples);
  return result;
}

std::string explain_command(const ComparisonArguments& args, const DiffResult& result) {
  const LayerDiff* layer = result.first_alone();
  if (layer == nullptr) return "";
  const auto [sample, element] = layer->place_of(layer->isolated.first_mismatch().value_or(0));
  const bool of_profiles = !result.a_is_capture && !result.b_is_capture;
  const std::string& twin = result.a_is_capture ? args.b.text : args.a.text;
  std::string sides = " --a " + quoted(twin);
  if (of_profiles) sides += " --b " + quoted(args.b.text);
  // The runtime's profile is A, for layers alone have the runtime's inputs.
  if (!result.likeness.empty()) sides = " --a " + quoted(result.likeness) + " --b " + quoted(twin);
  std::string text = fmt::format("nputwin explain {}{}{}", quoted(args.model.path), sides, args.input.text());
  if (result.samples > 1) text += fmt::format(" --sample {}", sample);
  text += fmt::format(" --layer {}", layer->node);
  if (layer->output != 0) text += fmt::format(" --output {}", layer->output);
  return text + fmt::format(" --index {}", fmt::join(unflatten(layer->shape, element), ",")) +
         args.machine.preparation.text() + "\n";
}

}  // namespace nputwin::cli
