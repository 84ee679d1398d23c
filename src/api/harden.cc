#include "api/harden.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "analysis/harden/averages.h"
#include "analysis/harden/own_constants.h"
#include "api/float_weights.h"
#include "api/harden_facts.h"
#include "api/harden_sets.h"
#include "base/file.h"
#include "base/folder.h"
#include "io/tflite/reader.h"
#include "profile/open_parameters.h"
#include "profile/variant.h"
#include "sides/side.h"

namespace nputwin::api {
namespace {

/// The profiles, and what evidence does not exclude of them.
std::vector<HardenSide> sides_of(std::span<const std::string> profiles) {
  std::vector<HardenSide> sides;
  for (const std::string& profile : profiles) sides.push_back({profile, true});
  for (const std::string& profile : profiles) {
    for (OpenVariant& variant : open_variants(profile)) sides.push_back({std::move(variant.text), false});
  }
  return sides;
}

/// An output of a file that is an input of the one behind it: one tensor with one scale.
struct Joint {
  std::size_t output = 0, input = 0;
  std::string name;  ///< of the input
};

/// For each input of a file an output of the one before, in order: of one type, shape and quantization. Empty where an
/// input has none.
std::vector<Joint> joints_of(const Graph& before, const Graph& after) {
  std::vector<Joint> joints;
  std::size_t k = 0;
  for (std::size_t i = 0; i < after.inputs.size(); ++i) {
    const TensorSpec& in = after.spec(after.inputs[i]);
    const auto fits = [&](std::size_t o) {
      const TensorSpec& out = before.spec(before.outputs[o]);
      return out.type == in.type && out.shape == in.shape && out.quantization == in.quantization;
    };
    while (k < before.outputs.size() && !fits(k)) ++k;
    if (k == before.outputs.size()) return {};
    joints.push_back({k++, i, in.name});
  }
  return joints;
}

/// One file of the system, on its way to be another.
class FileHardening {
 public:
  FileHardening(const HardenOptions& options, const Callbacks& callbacks) : options_(options), callbacks_(callbacks) {}

  Status read(const std::string& path) {
    model_.path = path;
    NPUTWIN_ASSIGN_OR_RETURN(file_, read_file(path));
    NPUTWIN_ASSIGN_OR_RETURN(model_.before, parse_tflite(file_, path));
    if (!options_.float_weights.empty()) {
      NPUTWIN_ASSIGN_OR_RETURN(numbers_, read_float_weights(options_.float_weights, *model_.before, callbacks_));
    }
    return {};
  }

  /// Scales that its inputs get, as the file before gives them.
  void give(std::map<int, float> scales) { given_ = std::move(scales); }

  /// `before`: the samples of the file before, where it makes all that this one takes. `profiles`: those that are asked
  /// for.
  Status open_inputs(std::optional<InputSet> before, const std::vector<std::string>& profiles) {
    model_.chosen_inputs = !options_.inputs.empty();
    if (before) {
      inputs_ = std::move(before);
    } else {
      std::vector<TensorSpec> specs;
      for (const int t : model_.before->main().inputs) specs.push_back(model_.before->main().spec(t));
      const std::vector<std::string> noise{"noise:1..2"};
      auto inputs = make_inputs(specs, model_.chosen_inputs ? options_.inputs : noise, callbacks_);
      if (!inputs) return in_context(model_.path, inputs.error());
      inputs_.emplace(std::move(*inputs));
    }
    const std::string reference = chip_of(profiles);
    if (model_.chosen_inputs) {
      NPUTWIN_ASSIGN_OR_RETURN(calibration_, calibrate(model_.before, reference, *inputs_, options_.session));
    }
    NPUTWIN_ASSIGN_OR_RETURN(
        price_, PriceBench::of(model_.before, reference, cpu_of(profiles, reference), *inputs_, options_.session));
    return {};
  }

  /// Hardens for profiles. What was done before for fewer is undone.
  Status harden_for(const std::vector<std::string>& profiles, const std::vector<int>& free) {
    model_.profiles = profiles;
    HardenSettings settings;
    settings.sides = sides_of(profiles);
    settings.session = options_.session;
    settings.change_io = options_.change_io;
    settings.free = free;
    settings.given = given_;
    settings.calibration = calibration_ ? &*calibration_ : nullptr;
    settings.numbers = numbers_.empty() ? nullptr : &numbers_;
    settings.replace_averages = true;
    model_.averages.clear();
    auto file = file_;
    auto model = model_.before;
    if (const OpChange own = own_constants(model->main()); !own.nodes.empty()) {
      const auto bytes = change_ops(file->bytes(), own);
      if (bytes) {
        file = std::make_shared<Blob>(Bytes(*bytes));
        NPUTWIN_ASSIGN_OR_RETURN(model, parse_tflite(file, model_.path));
      }
    }
    NPUTWIN_ASSIGN_OR_RETURN(model_.hardening, nputwin::harden(model, settings, callbacks_));
    if (const auto averages = model_.hardening.averages; !averages.empty()) {
      auto bytes = change_ops(file->bytes(), averages_as_layers(model->main(), averages));
      if (bytes) {
        model_.averages = averages;
        file = std::make_shared<Blob>(Bytes(*bytes));
        NPUTWIN_ASSIGN_OR_RETURN(model, parse_tflite(file, model_.path));
      } else {
        callbacks_.say(fmt::format("{}: averages stay as they are: {}", model_.path, bytes.error().message));
      }
      settings.replace_averages = false;
      NPUTWIN_ASSIGN_OR_RETURN(model_.hardening, nputwin::harden(model, settings, callbacks_));
    }
    NPUTWIN_RETURN_IF_ERROR(stop_if_interrupted());
    auto bytes = change_tensors(file->bytes(), *model, model_.hardening.changes);
    if (!bytes) return in_context(model_.path, bytes.error());
    bytes_ = std::move(*bytes);
    NPUTWIN_ASSIGN_OR_RETURN(model_.after, parse_tflite(std::make_shared<Blob>(Bytes(bytes_)), model_.path));
    return {};
  }

  Status measure(std::size_t samples) {
    Callbacks of_price = callbacks_;
    of_price.progress = {};
    NPUTWIN_ASSIGN_OR_RETURN(model_.price, price_->price_of(model_.after, samples, of_price));
    return stop_if_interrupted();
  }

  /// What adding the last of the profiles made of the price, on few samples.
  Status add_step(const std::string& added) {
    constexpr std::size_t kSamples = 8;
    NPUTWIN_RETURN_IF_ERROR(measure(kSamples));
    PriceStep step;
    step.samples = model_.price->samples;
    step.added = added;
    step.median_loss = model_.price->median_loss();
    for (const int t : model_.price->outputs) {
      const TensorPrice& output = *model_.price->of(t);
      if (const auto loss = output.loss()) step.output_loss = std::max(*loss, step.output_loss.value_or(*loss));
      if (const auto db = output.after_to_before.sqnr())
        step.output_to_before = std::min(*db, step.output_to_before.value_or(*db));
    }
    for (const ScaleOutcome& scales : model_.hardening.scales) step.left_ops += scales.equal ? 0 : 1;
    for (const auto& [node, layer] : model_.hardening.layers) {
      step.even_weights += layer.count(ChannelWay::kEvenWeights);
      step.re_rounded += layer.count(ChannelWay::kReRounded);
      step.left += layer.count(ChannelWay::kFewerSides) + layer.count(ChannelWay::kLeft);
      for (const std::size_t channels : layer.channels) step.channels += channels;
      if (!layer.left.empty()) ++step.left_ops;
    }
    model_.steps.push_back(std::move(step));
    return {};
  }

  /// Whether the file as it is hardened now is equal on one more profile, but for ops of which nothing can be proven:
  /// that profile then changes nothing.
  [[nodiscard]] bool has_already(const std::string& profile) const {
    if (!open_variants(profile).empty()) return false;  // which would be met, too
    const auto proof = prove_pair(model_.after, model_.profiles[0], profile, options_.session);
    return proof && std::ranges::all_of(proof->ops, [](const ProvenOp& op) {
             return op.proof.verdict == ProofVerdict::kEqual || op.proof.by == ProofBy::kSearch;
           });
  }
  void repeat_step(const std::vector<std::string>& profiles) {
    model_.profiles = profiles;
    PriceStep step = model_.steps.back();
    step.added = profiles.back();
    model_.steps.push_back(std::move(step));
  }

  Status finish() {
    const SessionOptions& session = options_.session;
    NPUTWIN_RETURN_IF_ERROR(prove_before_and_after(model_, session));
    return add_facts(model_, file_->bytes().size(), bytes_.size(), session);
  }

  /// What the file makes of its samples, as inputs of the one behind it.
  [[nodiscard]] Result<InputSet> outputs_as_inputs(const std::vector<Joint>& joints) {
    NPUTWIN_ASSIGN_OR_RETURN(Session made, session_of_side(chip_of(model_.profiles), model_.before, options_.session));
    auto session = std::make_shared<Session>(std::move(made));
    std::vector<InputSamples> samples;
    for (const Joint& joint : joints) {
      const auto at = [this, session, joint](std::size_t n) -> Result<Tensor> {
        NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs_->sample(n));
        session->reset_state();
        NPUTWIN_RETURN_IF_ERROR(session->set_inputs(sample));
        NPUTWIN_RETURN_IF_ERROR(session->run());
        const TensorView view = session->output(joint.output);
        Tensor tensor{*view.spec, {view.bytes.begin(), view.bytes.end()}};
        tensor.spec.name = joint.name;
        return tensor;
      };
      samples.push_back({inputs_->size(), at});
    }
    return InputSet(std::move(samples), inputs_->size());
  }

  /// The scales that inputs of `next` get from what the hardened file makes.
  [[nodiscard]] std::map<int, float> scales_of(const std::vector<Joint>& joints, const Graph& next) const {
    const Graph& hardened = model_.after->main();
    std::map<int, float> scales;
    for (const Joint& joint : joints)
      scales[next.inputs[joint.input]] = hardened.spec(hardened.outputs[joint.output]).scale();
    return scales;
  }

  [[nodiscard]] const Graph& file() const { return model_.before->main(); }
  [[nodiscard]] HardenedModel& model() { return model_; }
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

  [[nodiscard]] Status stop_if_interrupted() const {
    return callbacks_.stopped() ? Status(error("interrupted: nothing was written")) : Status();
  }

 private:
  const HardenOptions& options_;
  const Callbacks& callbacks_;
  HardenedModel model_;
  std::shared_ptr<const Blob> file_;
  std::map<int, float> given_;
  std::optional<InputSet> inputs_;
  std::optional<Calibration> calibration_;
  std::unique_ptr<PriceBench> price_;
  FloatWeights numbers_;
  std::vector<std::byte> bytes_;
};

std::string loss_text(const HardenedModel& model) {
  std::string text;
  for (const PriceStep& step : model.steps)
    text += fmt::format("{}{} {:.2f} dB", text.empty() ? "" : ", ", step.added, step.median_loss.value_or(0));
  return text;
}

/// Whether more profiles cost nothing that is no noise, and take equality from no op. Not where the loss is not known.
bool is_free(const PriceStep& before, const PriceStep& now) {
  constexpr double kNoise = 0.1;  // dB of the median over tensors
  return before.median_loss && now.median_loss && *now.median_loss - *before.median_loss <= kNoise &&
         now.left <= before.left && now.left_ops <= before.left_ops &&
         now.even_weights + now.re_rounded <= before.even_weights + before.re_rounded;
}

/// The number of a text, 0 or more; an error names the option.
Result<std::optional<double>> limit_of(const std::string& text) {
  if (text.empty()) return std::optional<double>();
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !(value >= 0))
    return error("--max-loss-db '{}': expected a number of dB, 0 or more", text);
  return std::optional<double>(value);
}

Status check_loss(const HardenedModel& model, const std::optional<double>& most) {
  if (!most) return {};
  const auto loss = model.price->median_loss();
  if (!loss)
    return error(
        "{}: --max-loss-db: the loss is not known: {}", model.path,
        model.price->no_numbers.empty() ? "nothing differs from the network in numbers" : model.price->no_numbers);
  if (*loss <= *most) return {};
  return error(
      "{}: --max-loss-db {}: the median of the tensors loses {:.2f} dB for these profiles, so no file was written; "
      "with each one added: {}",
      model.path, *most, *loss, loss_text(model));
}

/// What would only be noticed once all is done.
Status check_output(const HardenOptions& options) {
  const std::filesystem::path output = options.output;
  std::error_code unknown;
  if (is_stdout(options.output)) return error("--output: stdout has the report; name a file");
  if (options.models.size() == 1) {
    if (std::filesystem::is_directory(output, unknown) || output.filename().empty())
      return error("{}: is a folder; expected the file to write", options.output);
    const auto folder = output.parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder, unknown))
      return error("{}: no folder {} to write to", options.output, folder.string());
    return {};
  }
  if (is_file(options.output)) return error("{}: is a file; several models are written to a folder", options.output);
  std::set<std::filesystem::path> names;
  for (const std::string& path : options.models) {
    const auto name = std::filesystem::path(path).filename();
    if (!names.insert(name).second)
      return error("{}: another model is called {}, too, and both are written to {}", path, name.string(),
                   options.output);
  }
  return {};
}

/// Hardens one file for the profiles, one more at a time, and then for those that cost nothing.
Status harden_step_by_step(FileHardening& file, const HardenSet& set, const std::optional<double>& most_loss,
                           const std::vector<int>& free) {
  std::vector<std::string> profiles{set.profiles[0]};
  for (std::size_t n = 1; n < set.profiles.size(); ++n) {
    profiles.push_back(set.profiles[n]);
    if (n > 1 && file.has_already(profiles.back())) {
      file.repeat_step(profiles);
      continue;
    }
    NPUTWIN_RETURN_IF_ERROR(file.harden_for(profiles, free));
    NPUTWIN_RETURN_IF_ERROR(file.add_step(profiles.back()));
  }
  NPUTWIN_RETURN_IF_ERROR(file.measure(SIZE_MAX));
  NPUTWIN_RETURN_IF_ERROR(check_loss(file.model(), most_loss));
  if (!set.all_free) return {};
  const PriceStep asked = file.model().steps.back();
  for (const std::string& name : all_free_candidates()) {
    if (std::ranges::find(profiles, name) != profiles.end()) continue;
    profiles.push_back(name);
    if (file.has_already(name)) {
      file.repeat_step(profiles);
      continue;
    }
    Status hardened = file.harden_for(profiles, free);
    if (hardened) hardened = file.add_step(name);
    if (hardened && is_free(asked, file.model().steps.back())) continue;
    if (hardened) file.model().steps.back().kept = false;
    profiles.pop_back();
  }
  NPUTWIN_RETURN_IF_ERROR(file.harden_for(profiles, free));
  NPUTWIN_RETURN_IF_ERROR(file.measure(SIZE_MAX));
  return check_loss(file.model(), most_loss);
}

}  // namespace

Result<Hardened> harden(const HardenOptions& options, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const HardenSet set, harden_set(options.profiles));
  NPUTWIN_ASSIGN_OR_RETURN(const auto most_loss, limit_of(options.max_loss_db));
  NPUTWIN_RETURN_IF_ERROR(check_output(options));
  if (options.models.size() > 1 && !options.float_weights.empty())
    return error("--float-weights: expected one model, got {}; harden them one by one", options.models.size());
  std::vector<FileHardening> files;
  files.reserve(options.models.size());
  for (const std::string& path : options.models)
    NPUTWIN_RETURN_IF_ERROR(files.emplace_back(options, callbacks).read(path));
  std::vector<std::vector<Joint>> joints(files.size());  // of each file with the one before it
  for (std::size_t i = 1; i < files.size(); ++i) {
    joints[i] = joints_of(files[i - 1].file(), files[i].file());
    if (joints[i].empty())
      return error("{} and {}: no outputs of the first are the second's inputs, of one type, shape and scale",
                   options.models[i - 1], options.models[i]);
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    FileHardening& file = files[i];
    std::optional<InputSet> inputs;
    if (i > 0) {
      file.give(files[i - 1].scales_of(joints[i], file.file()));
      NPUTWIN_ASSIGN_OR_RETURN(inputs, files[i - 1].outputs_as_inputs(joints[i]));
    }
    NPUTWIN_RETURN_IF_ERROR(file.open_inputs(std::move(inputs), set.profiles));
    std::vector<int> free;
    if (i + 1 < files.size()) {
      for (const Joint& joint : joints[i + 1]) free.push_back(file.file().outputs[joint.output]);
    }
    NPUTWIN_RETURN_IF_ERROR(harden_step_by_step(file, set, most_loss, free));
    NPUTWIN_RETURN_IF_ERROR(file.finish());
    NPUTWIN_RETURN_IF_ERROR(file.stop_if_interrupted());
  }
  Hardened hardened;
  const bool several = files.size() > 1;
  if (several) NPUTWIN_RETURN_IF_ERROR(make_folder(options.output));
  for (FileHardening& file : files) {
    const std::filesystem::path name = std::filesystem::path(file.model().path).filename();
    file.model().written = several ? (std::filesystem::path(options.output) / name).string() : options.output;
    NPUTWIN_RETURN_IF_ERROR(write_file_whole(file.model().written, file.bytes()));
    hardened.models.push_back(std::move(file.model()));
  }
  return hardened;
}

}  // namespace nputwin::api
