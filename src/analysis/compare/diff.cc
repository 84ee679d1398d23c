#include "analysis/compare/diff.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "analysis/element.h"
#include "base/checked.h"
#include "profile/profile.h"
#include "sides/sample_loop.h"

namespace nputwin {
namespace {

std::size_t largest_outputs(const Session& session) {
  std::size_t largest = 0;
  for (std::size_t i = 0; i < session.graph().nodes.size(); ++i) {
    std::size_t bytes = 0;
    for (const TensorView& view : session.node_outputs(i)) bytes += align_up(view.bytes.size());
    largest = std::max(largest, bytes);
  }
  return largest;
}

Status check_alike(const std::string& where, const TensorSpec& captured, const TensorSpec& other) {
  if (captured.type == other.type && captured.shape == other.shape) return {};
  return error("{}: output '{}' was captured as {} {}, on the other side it is {} {}", where, other.name,
               name(captured.type), to_string(captured.shape), name(other.type), to_string(other.shape));
}

const Tensor* recorded_tensor(const Side& side, int t) {
  if (side.recorded() == nullptr) return nullptr;
  const auto found = side.recorded()->tensors.find(t);
  return found == side.recorded()->tensors.end() ? nullptr : &found->second;
}

/// How well a side's rule of a node is known.
std::optional<Confidence> confidence_of(Side& side, NodeId node) {
  if (side.session() == nullptr) return std::nullopt;
  return side.session()->preparation().evidence_of(node.index).confidence;
}

void say_notes(const Side& side, const Callbacks& callbacks) {
  if (side.recorded() == nullptr) return;
  for (const std::string& note : side.recorded()->notes) callbacks.say(side.recorded()->source + ": " + note);
}

}  // namespace

NodeOutputs::NodeOutputs(const Session& session) : memory_(largest_outputs(session)) {}

std::span<const MutableTensorView> NodeOutputs::make_room(const Session& session, NodeId node) {
  room_.clear();
  outputs_.clear();
  std::span<std::byte> rest = memory_.mutable_bytes();
  for (const TensorView& view : session.node_outputs(node)) {
    room_.push_back({view.spec, rest.first(view.bytes.size())});
    outputs_.push_back(read_only(room_.back()));
    rest = rest.subspan(align_up(view.bytes.size()));
  }
  return room_;
}

Result<std::span<const TensorView>> NodeOutputs::run(Session& session, NodeId node,
                                                     std::span<const TensorView> inputs) {
  NPUTWIN_RETURN_IF_ERROR(session.run_node(node, inputs, make_room(session, node)));
  return std::span<const TensorView>(outputs_);
}

Diff::Diff(const Sides& sides) : sides_(&sides) {
  Side *a = sides.a.get(), *b = sides.b.get();
  if (b->session() != nullptr) {
    isolated_.emplace(Isolated{b, a, NodeOutputs(*b->session())});
  } else if (a->session() != nullptr) {
    isolated_.emplace(Isolated{a, b, NodeOutputs(*a->session())});
  }
  if (isolated_) isa_ = isolated_->runs->session()->preparation().options().isa;
  if (a->session() != nullptr && b->session() != nullptr) {
    isolated_step_.emplace(*a->session(), *b->session());
    causes_.emplace(*a->session(), *b->session());
  }
  result_.model = sides.model->path;
  result_.not_run = sides.model->main().not_run;
  result_.notes = sides.cautions();
  result_.a = a->name();
  result_.b = b->name();
  result_.a_is_capture = a->session() == nullptr;
  result_.b_is_capture = b->session() == nullptr;
  if (result_.a_is_capture || result_.b_is_capture) swapped_.emplace(graph());
}

Diff::Diff(const Sides& sides, const Diff& other) : Diff(sides) {
  if (causes_ && other.causes_) causes_.emplace(*sides.a->session(), *sides.b->session(), other.causes_->paths());
  if (other.outputs_) judge(other.known_);
}

void Diff::begin_sample() {
  result_.a = sides_->a->name();
  result_.b = sides_->b->name();
  Session *a = sides_->a->reference(), *b = sides_->b->reference();
  if (causes_ || !isolated_ || a == nullptr || b == nullptr) return;
  causes_.emplace(*a, *b);
  reference_ = isolated_->gives->reference();
  reference_room_.emplace(*reference_);
  result_.reference_profile = reference_->profile().name;
}

bool Diff::is_given(int t) const {
  const Side& gives = *isolated_->gives;
  if (gives.recorded() == nullptr || t < 0 || graph().tensor(t).variable) return true;
  if (std::ranges::find(graph().inputs, t) != graph().inputs.end()) return true;
  if (isolated_->runs->session()->preparation().constant(static_cast<std::size_t>(t))) return true;
  return recorded_tensor(gives, t) != nullptr;
}

Diff::Given Diff::isolated_inputs(NodeId node) {
  const auto& tensors = sides_->model->node(node).inputs;
  if (!std::ranges::all_of(tensors, [&](int t) { return is_given(t); })) return std::nullopt;
  Session* own = isolated_->gives->session();
  const auto views = (own != nullptr ? own : isolated_->runs->session())->node_inputs(node);
  std::vector<TensorView> inputs(views.begin(), views.end());
  copies_.clear();
  copies_.reserve(inputs.size());
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const int t = tensors[k];
    const Tensor* recorded = recorded_tensor(*isolated_->gives, t);
    if (recorded != nullptr) {
      if (recorded->data.size() != inputs[k].bytes.size()) return std::nullopt;  // of another shape
      inputs[k].bytes = copies_.emplace_back(Bytes(recorded->data)).bytes();
    } else if (t >= 0 && graph().tensor(t).variable) {
      inputs[k].bytes = copies_.emplace_back(inputs[k].bytes).bytes();
    }
  }
  return inputs;
}

Result<std::span<const TensorView>> Diff::run_node(NodeId node, const Given& inputs) {
  std::span<const TensorView> isolated;
  if (isolated_step_) {
    Session& b = *sides_->b->session();
    same_ways_ = isolated_step_->inputs_are_equal(node);
    if (same_ways_) {
      NPUTWIN_RETURN_IF_ERROR(isolated_step_->step_both(node));
      isolated = b.node_outputs(node);
    } else {
      NPUTWIN_RETURN_IF_ERROR(isolated_step_->run(node, isolated_->room.make_room(b, node)));
      isolated = isolated_->room.outputs();
      NPUTWIN_RETURN_IF_ERROR(b.step(node));
    }
    isolated_step_->compare(node);
    return isolated;
  }
  if (inputs) {
    NPUTWIN_ASSIGN_OR_RETURN(isolated, isolated_->room.run(*isolated_->runs->session(), node, *inputs));
  }
  NPUTWIN_RETURN_IF_ERROR(sides_->a->step(node));
  NPUTWIN_RETURN_IF_ERROR(sides_->b->step(node));
  return isolated;
}

Status Diff::add(std::size_t sample, std::span<const Tensor> inputs, const std::function<void(std::size_t)>& progress) {
  if (result_.samples == 0) first_sample_ = sample;
  for (Side* side : {sides_->a.get(), sides_->b.get()}) NPUTWIN_RETURN_IF_ERROR(side->begin(sample, inputs));
  begin_sample();
  if (isolated_step_) isolated_step_->begin();
  result_.seconds.resize(graph().nodes.size());
  for (std::size_t i = 0; i < graph().nodes.size(); ++i) {
    const auto began = std::chrono::steady_clock::now();
    NPUTWIN_RETURN_IF_ERROR(add_node(i, sample));
    result_.seconds[i] += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    if (progress) progress(i + 1);
  }
  if (result_.layers.empty() && !isolated_)
    return error("{} and {} have no tensor of {} in common", result_.a, result_.b, result_.model);
  if (swapped_) swapped_->end_sample();
  if (outputs_) outputs_->end_sample();
  ++result_.samples;
  return {};
}

Status Diff::add_node(NodeId node, std::size_t sample) {
  Given inputs;
  if (isolated_) inputs = isolated_inputs(node);  // before the sides go on: that changes the variables that it reads
  NPUTWIN_ASSIGN_OR_RETURN(const auto isolated, run_node(node, inputs));
  if (watch_) watch_(sample, node, *inputs, sides_->a->session()->node_outputs(node), isolated);
  for (std::size_t k = 0; k < sides_->model->node(node).outputs.size(); ++k)
    NPUTWIN_RETURN_IF_ERROR(add_output(node, k, sample, inputs, isolated));
  return {};
}

Status Diff::add_output(NodeId node, std::size_t k, std::size_t sample, const Given& inputs,
                        std::span<const TensorView> isolated) {
  NPUTWIN_ASSIGN_OR_RETURN(TensorView a, sides_->a->output(node, k));
  NPUTWIN_ASSIGN_OR_RETURN(TensorView b, sides_->b->output(node, k));
  if (!a.present() || !b.present()) return {};
  const TensorView &captured = result_.a_is_capture ? a : b, &other = result_.a_is_capture ? b : a;
  NPUTWIN_RETURN_IF_ERROR(check_alike(node_name(node, sides_->model->node(node)), *captured.spec, *other.spec));
  // Captured tensors may lack scales; the running side's have them.
  const bool b_runs = isolated_ && isolated_->runs == sides_->b.get();
  a.spec = b.spec = b_runs ? b.spec : a.spec;
  LayerDiff* layer = this->layer(node, k, *a.spec);
  if (layer == nullptr) return {};
  if (!inputs || (layer->accumulated.elements() > 0 && !layer->has_isolated())) {
    layer->drop_isolated();
  } else {
    const TensorView &isolated_a = b_runs ? a : isolated[k], &isolated_b = b_runs ? isolated[k] : b;
    DifferenceStats one;
    one.add(isolated_a, isolated_b, sample, isa_);
    layer->isolated.merge(one);
    if (same_ways_) layer->accumulated.merge(one);
    if (one.mismatches() > 0) find_causes(one.mismatches(), node, *inputs, k, isolated_a, isolated_b, layer->causes);
  }
  if (!same_ways_) layer->accumulated.add(a, b, sample, isa_);
  layer->movement.add(a.bytes);
  if (outputs_) outputs_->add(layer->tensor, a, b);
  if (watch_values_) watch_values_(layer->tensor, a, b);
  if (swapped_) swapped_->add(layer->tensor, a, b);
  return {};
}

LayerDiff* Diff::layer(NodeId node, std::size_t k, const TensorSpec& spec) {
  const Node& n = sides_->model->node(node);
  const int t = n.outputs[k];
  const auto found = layer_of_.find(t);
  if (found != layer_of_.end()) return &result_.layers[found->second];
  if (result_.samples > 0) return nullptr;
  layer_of_[t] = result_.layers.size();
  LayerDiff& layer = result_.layers.emplace_back();
  layer.node = node;
  layer.op = n.op;
  layer.output = k;
  layer.tensor = t;
  // The model's name, for a captured tensor may bear a file's.
  layer.name = graph().spec(t).name;
  layer.type = spec.type;
  layer.shape = spec.shape;
  if (spec.quantization.per_tensor()) layer.scale = static_cast<double>(spec.scale());
  layer.known_a = confidence_of(*sides_->a, node);
  layer.known_b = confidence_of(*sides_->b, node);
  return &layer;
}

void Diff::find_causes(std::int64_t mismatches, NodeId node, std::span<const TensorView> inputs, std::size_t k,
                       const TensorView& a, const TensorView& b, CauseCounts& causes) {
  if (!causes_) return causes.add(Cause::kUnknown, mismatches);
  if (reference_ == nullptr) return causes_->add(node, inputs, k, a, b, causes);
  const bool a_is_given = isolated_->gives == sides_->a.get();
  const TensorView &given = a_is_given ? a : b, &own = a_is_given ? b : a;
  // Where the reference profile computes another code than was recorded, nobody knows the cause. The running side's
  // code stands for the recorded one there, so that nothing is asked of it.
  const auto computed = reference_room_->run(*reference_, node, inputs);
  if (!computed) return causes.add(Cause::kUnknown, mismatches);
  const TensorView like = (*computed)[k];
  Blob known(given.bytes);
  std::int64_t unknown = 0;
  const std::size_t width = size_of(a.spec->type);
  for (std::size_t i = 0; i < static_cast<std::size_t>(a.spec->elements()); ++i) {
    if (element_of(like, i) == element_of(given, i) || element_of(own, i) == element_of(given, i)) continue;
    std::memcpy(known.mutable_bytes().data() + i * width, own.bytes.data() + i * width, width);
    ++unknown;
  }
  if (unknown > 0) causes.add(Cause::kUnknown, unknown);
  const TensorView explained{a.spec, known.bytes()};
  causes_->add(node, inputs, k, a_is_given ? explained : a, a_is_given ? b : explained, causes);
}

DiffResult Diff::result() const {
  DiffResult result = result_;
  if (swapped_) result.pairs = swapped_->pairs();
  if (outputs_) result.outputs = outputs_->result(layer_of_);
  return result;
}

void Diff::judge(std::vector<KnownOutput> outputs) {
  known_ = std::move(outputs);
  outputs_.emplace(graph(), known_);
}

void probe_movement(Session& session, bool is_a, std::span<const Tensor> sample, const Callbacks& callbacks,
                    DiffResult& result) {
  // No seeds that a user is likely to have given as samples.
  const std::vector<InputArgument> noise = {"noise:2718281828..2718281829"};
  const auto inputs = session_inputs(session, noise);
  const auto same = [](std::span<const Tensor> x, std::span<const Tensor> y) {
    return std::ranges::equal(x, y, {}, &Tensor::data, &Tensor::data);
  };
  Sample before;
  for (std::size_t n = 0; inputs && n < inputs->size() && !callbacks.stopped(); ++n) {
    const auto other = inputs->sample(n);
    if (!other || same(*other, sample) || (n > 0 && same(*other, before))) continue;
    before = *other;
    if (!session.set_inputs(*other)) return;
    session.reset_state();
    std::size_t node = 0;
    for (LayerDiff& layer : result.layers) {
      for (; node <= layer.node.index; ++node) {
        if (!session.step(node)) return;
      }
      if (is_a || layer.accumulated.mismatches() == 0)
        layer.movement.add_other(session.node_outputs(layer.node)[layer.output].bytes);
    }
  }
}

Status add_samples(std::span<Diff* const> workers, const Sides& sides, const SideInputs& inputs, SampleRange samples,
                   const Callbacks& callbacks) {
  SampleLoop loop;
  loop.first = samples.first, loop.last = samples.last;
  loop.workers = static_cast<int>(workers.size());
  loop.steps = sides.model->main().nodes.size();
  loop.sample = [&](std::size_t n) { return inputs.sample(n); };
  loop.work = [&](int worker, std::size_t n, const Sample& sample, const SampleLoop::Progress& progress) -> Status {
    const Status added = workers[static_cast<std::size_t>(worker)]->add(n, sample, progress);
    if (n == samples.first) {  // what was done to the values may explain why they do not fit
      say_notes(*sides.a, callbacks);
      say_notes(*sides.b, callbacks);
    }
    return added;
  };
  return run_samples(loop, callbacks);
}

Status add_samples(Diff& diff, const Sides& sides, const SideInputs& inputs, SampleRange samples,
                   const Callbacks& callbacks) {
  Diff* const one[] = {&diff};
  return add_samples(one, sides, inputs, samples, callbacks);
}

Result<DiffResult> diff_recorded(const std::shared_ptr<const Model>& model, const Capture& recorded,
                                 std::span<const Tensor> inputs, const std::string& profile,
                                 const SessionOptions& options) {
  Sides sides{model, recorded_side(model, recorded), nullptr};
  NPUTWIN_ASSIGN_OR_RETURN(sides.b, open_side(profile, model, {options, {}}));
  Diff diff(sides);
  NPUTWIN_RETURN_IF_ERROR(diff.add(0, inputs));
  return diff.result();
}

}  // namespace nputwin
