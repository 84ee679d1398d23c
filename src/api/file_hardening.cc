#include "api/file_hardening.h"

#include <algorithm>
#include <set>

#include "analysis/harden/averages.h"
#include "analysis/harden/own_constants.h"
#include "api/float_weights.h"
#include "api/harden_facts.h"
#include "io/tflite/reader.h"
#include "profile/open_parameters.h"
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

/// The file on its way to other ops.
struct Changing {
  std::shared_ptr<const Blob> file;
  std::shared_ptr<const Model> model;

  [[nodiscard]] Result<Changing> with(const OpChange& change, const std::string& path) const {
    NPUTWIN_ASSIGN_OR_RETURN(const auto bytes, change_ops(file->bytes(), change));
    Changing changed{std::make_shared<Blob>(Bytes(bytes)), nullptr};
    NPUTWIN_ASSIGN_OR_RETURN(changed.model, parse_tflite(changed.file, path));
    return changed;
  }
};

/// Layers that were changed, and channels of them on which not all sides are equal.
std::map<std::size_t, std::size_t> unequal_layers(const Hardening& hardening) {
  std::map<std::size_t, std::size_t> channels;
  for (const auto& [node, layer] : hardening.layers) {
    if (layer.left.empty() && layer.unequal() > 0) channels[node] = layer.unequal();
  }
  return channels;
}

/// Those of the nodes that were left to be changed, and on which a second hardening makes more channels equal.
std::vector<std::size_t> better_layers(const Hardening& first, const Hardening& second,
                                       const std::map<std::size_t, std::vector<Node>>& nodes) {
  const auto before = unequal_layers(first), after = unequal_layers(second);
  std::vector<std::size_t> better;
  for (const auto& [node, outcome] : second.layers) {
    if (!nodes.contains(node) || !outcome.left.empty()) continue;
    const auto now = after.find(node);
    if (now == after.end() || now->second < before.at(node)) better.push_back(node);
  }
  return better;
}

}  // namespace

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

Status FileHardening::read(const ModelFile& model) {
  model_.path = model.path;
  NPUTWIN_ASSIGN_OR_RETURN(file_, model.read());
  NPUTWIN_ASSIGN_OR_RETURN(model_.before, parse_tflite(file_, model.path));
  if (!options_.float_weights.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(numbers_, read_float_weights(options_.float_weights, *model_.before, callbacks_));
  }
  return {};
}

Status FileHardening::open_inputs(std::optional<InputSet> before, const std::vector<std::string>& profiles) {
  model_.chosen_inputs = !options_.inputs.empty();
  if (before) {
    inputs_ = std::move(before);
  } else {
    std::vector<TensorSpec> specs;
    for (const int t : model_.before->main().inputs) specs.push_back(model_.before->main().spec(t));
    const std::vector<InputArgument> noise{"noise:1..2"};
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

Status FileHardening::harden_for(const std::vector<std::string>& profiles, const std::vector<int>& free) {
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
  model_.biases.clear();
  Changing now{file_, model_.before};
  const auto take = [&](const OpChange& change, std::string_view otherwise) {
    if (change.nodes.empty()) return false;
    auto changed = now.with(change, model_.path);
    if (changed) {
      now = std::move(*changed);
    } else {
      callbacks_.say(fmt::format("{}: {}: {}", model_.path, otherwise, changed.error().message));
    }
    return changed.has_value();
  };
  take(own_constants(now.model->main()), "layers that share constants stay as they are");
  NPUTWIN_ASSIGN_OR_RETURN(model_.hardening, nputwin::harden(now.model, settings, callbacks_));
  if (const auto averages = model_.hardening.averages; !averages.empty()) {
    if (take(averages_as_layers(now.model->main(), averages), "averages stay as they are")) model_.averages = averages;
    settings.replace_averages = false;
    NPUTWIN_ASSIGN_OR_RETURN(model_.hardening, nputwin::harden(now.model, settings, callbacks_));
  }
  // Layers without a bias get one where that makes more of their channels equal, and only these.
  const Changing without = now;
  std::vector<std::size_t> nodes;
  for (const auto& [node, channels] : unequal_layers(model_.hardening)) nodes.push_back(node);
  while (!nodes.empty()) {
    NPUTWIN_RETURN_IF_ERROR(stop_if_interrupted());
    now = without;
    const OpChange biases = own_biases(now.model->main(), nodes);
    if (!take(biases, "layers without a bias stay so")) break;
    NPUTWIN_ASSIGN_OR_RETURN(Hardening with, nputwin::harden(now.model, settings, callbacks_));
    nodes = better_layers(model_.hardening, with, biases.nodes);
    if (nodes.size() < biases.nodes.size()) continue;
    model_.hardening = std::move(with);
    model_.biases = nodes;
    break;
  }
  if (model_.biases.empty()) now = without;
  NPUTWIN_RETURN_IF_ERROR(stop_if_interrupted());
  auto bytes = change_tensors(now.file->bytes(), *now.model, model_.hardening.changes);
  if (!bytes) return in_context(model_.path, bytes.error());
  bytes_ = std::move(*bytes);
  NPUTWIN_ASSIGN_OR_RETURN(model_.after, parse_tflite(std::make_shared<Blob>(Bytes(bytes_)), model_.path));
  return {};
}

Status FileHardening::measure(std::size_t samples) {
  Callbacks of_price = callbacks_;
  of_price.progress = {};
  NPUTWIN_ASSIGN_OR_RETURN(model_.price, price_->price_of(model_.after, model_.hardening.passed, samples, of_price));
  return stop_if_interrupted();
}

Status FileHardening::add_step(const std::string& added) {
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
    step.left += layer.unequal();
    for (const std::size_t channels : layer.channels) step.channels += channels;
    if (!layer.left.empty()) ++step.left_ops;
  }
  model_.steps.push_back(std::move(step));
  return {};
}

bool FileHardening::has_already(const std::string& profile) const {
  if (!open_variants(profile).empty()) return false;  // which would be met, too
  std::set<std::size_t> left;                         // on which the others differ, or may
  for (const ScaleOutcome& scales : model_.hardening.scales) {
    if (!scales.equal) left.insert(scales.node);
  }
  for (const auto& [node, layer] : model_.hardening.layers) {
    if (!layer.equal()) left.insert(node);
  }
  const auto proof = prove_pair(model_.after, model_.profiles[0], profile, options_.session);
  return proof && std::ranges::all_of(proof->ops, [&](const ProvenOp& op) {
           return op.proof.verdict == ProofVerdict::kEqual || left.contains(op.node.index);
         });
}

void FileHardening::add_for_nothing(const std::string& profile, const PriceStep& like) {
  model_.profiles.push_back(profile);
  PriceStep step = like;
  step.added = profile;
  model_.steps.push_back(std::move(step));
}

void FileHardening::restore(State state) {
  model_.profiles = std::move(state.profiles);
  model_.after = std::move(state.after);
  model_.hardening = std::move(state.hardening);
  model_.averages = std::move(state.averages);
  model_.biases = std::move(state.biases);
  bytes_ = std::move(state.bytes);
}

Status FileHardening::finish() {
  const SessionOptions& session = options_.session;
  NPUTWIN_RETURN_IF_ERROR(prove_before_and_after(model_, session));
  return add_facts(model_, file_->bytes().size(), bytes_.size(), session);
}

Result<InputSet> FileHardening::outputs_as_inputs(const std::vector<Joint>& joints) {
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

std::map<int, float> FileHardening::scales_of(const std::vector<Joint>& joints, const Graph& next) const {
  const Graph& hardened = model_.after->main();
  std::map<int, float> scales;
  for (const Joint& joint : joints) {
    const TensorSpec& output = hardened.spec(hardened.outputs[joint.output]);
    if (output.quantization.per_tensor()) scales[next.inputs[joint.input]] = output.scale();
  }
  return scales;
}

}  // namespace nputwin::api
