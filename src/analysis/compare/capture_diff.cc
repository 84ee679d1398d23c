#include "analysis/compare/capture_diff.h"

#include <cstring>

#include "analysis/element.h"
#include "profile/profile.h"

namespace nputwin {
namespace {

/// Runs one op of a session on inputs that are not its own; `memory` keeps the outputs.
std::vector<TensorView> run_alone(Session& session, std::size_t node, std::span<const TensorView> inputs,
                                  std::vector<Blob>& memory) {
  std::vector<MutableTensorView> room;
  for (const TensorView& view : session.node_outputs(node)) {
    memory.emplace_back(view.bytes.size());
    room.push_back({view.spec, memory.back().mutable_bytes()});
  }
  session.run_node(node, inputs, room);
  std::vector<TensorView> outputs;
  outputs.reserve(room.size());
  for (const MutableTensorView& view : room) outputs.push_back(read_only(view));
  return outputs;
}

Status check_alike(const std::string& where, const TensorSpec& captured, const TensorSpec& other) {
  if (captured.type == other.type && captured.shape == other.shape) return {};
  return error("{}: output '{}' was captured as {} {}, on the other side it is {} {}", where, other.name,
               name(captured.type), to_string(captured.shape), name(other.type), to_string(other.shape));
}

/// The twin's inputs of a node with the captured ones in their place; `copies` has them with the spare bytes that
/// kernels read.
std::vector<TensorView> captured_inputs(const Session& twin, std::size_t node, const Capture& capture,
                                        std::vector<Blob>& copies) {
  std::vector<TensorView> inputs(twin.node_inputs(node).begin(), twin.node_inputs(node).end());
  const auto& tensors = twin.graph().nodes[node].inputs;
  copies.reserve(inputs.size());
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const auto found = capture.tensors.find(tensors[k]);
    if (found == capture.tensors.end() || inputs[k].bytes.size() != found->second.data.size()) continue;
    inputs[k].bytes = copies.emplace_back(Bytes(found->second.data)).bytes();
  }
  return inputs;
}

}  // namespace

CaptureDiff::CaptureDiff(Session& twin, CaptureSide side) : CaptureDiff(twin.graph()) {
  twin_ = &twin, side_ = side, result_.model = twin.model().path;
}

void CaptureDiff::set_likeness(Session& likeness) {
  const bool first = side_ == CaptureSide::kA;
  result_.likeness = likeness.profile().name;
  likeness_.emplace(Likeness{&likeness, CauseFinder(first ? likeness : *twin_, first ? *twin_ : likeness)});
}

Result<const Tensor*> CaptureDiff::captured(const Capture& capture, std::size_t node, std::size_t k) const {
  const int t = graph_->nodes[node].outputs[k];
  if (t < 0) return nullptr;
  const ModelTensor& tensor = graph_->tensors[static_cast<std::size_t>(t)];
  if (tensor.variable || !tensor.unsupported.empty()) return nullptr;
  const auto found = capture.tensors.find(t);
  if (found != capture.tensors.end()) return &found->second;
  if (capture.partial) return nullptr;
  return error("{}: output '{}' was not captured", node_name(node, graph_->nodes[node]), tensor.spec.name);
}

LayerDiff* CaptureDiff::layer(std::size_t node, std::size_t k, const TensorSpec& spec) {
  const int t = graph_->nodes[node].outputs[k];
  const auto found = layer_of_.find(t);
  if (found != layer_of_.end()) return &result_.layers[found->second];
  if (result_.samples > 0) return nullptr;
  layer_of_[t] = result_.layers.size();
  // The model's name, for a captured tensor may bear a file's.
  const std::string& name = graph_->tensors[static_cast<std::size_t>(t)].spec.name;
  result_.layers.push_back({node, graph_->nodes[node].op, k, t, name, spec.type, spec.shape, {}, {}, {}, {}});
  return &result_.layers.back();
}

Status CaptureDiff::add(const Capture& capture, std::span<const Tensor> inputs) {
  NPUTWIN_RETURN_IF_ERROR(twin_->set_inputs(inputs));
  twin_->reset_state();
  const bool capture_is_a = side_ == CaptureSide::kA;
  result_.a = capture_is_a ? capture.source : twin_->profile().name;
  result_.b = capture_is_a ? twin_->profile().name : capture.source;
  (capture_is_a ? result_.a_is_capture : result_.b_is_capture) = true;
  for (std::size_t i = 0; i < graph_->nodes.size(); ++i) {
    const Node& node = graph_->nodes[i];
    std::vector<Blob> copies, memory;
    memory.reserve(node.outputs.size());
    const auto given = captured_inputs(*twin_, i, capture, copies);
    const auto alone = run_alone(*twin_, i, given, memory);
    twin_->step(i);
    for (std::size_t k = 0; k < alone.size(); ++k) {
      NPUTWIN_ASSIGN_OR_RETURN(const Tensor* theirs, captured(capture, i, k));
      if (theirs == nullptr) continue;
      const TensorView own = twin_->node_outputs(i)[k];
      NPUTWIN_RETURN_IF_ERROR(check_alike(node_name(i, node), theirs->spec, *own.spec));
      LayerDiff* layer = this->layer(i, k, *own.spec);
      if (layer == nullptr) continue;
      const TensorView saved{own.spec, theirs->data};
      const TensorView& a = capture_is_a ? saved : alone[k];
      const TensorView& b = capture_is_a ? alone[k] : saved;
      const std::int64_t before = layer->isolated.mismatches();
      layer->isolated.add(a, b);
      find_causes(layer->isolated.mismatches() - before, i, given, k, a, b, layer->causes);
      layer->accumulated.add(capture_is_a ? saved : own, capture_is_a ? own : saved);
      swapped_.add(layer->tensor, capture_is_a ? saved : own, capture_is_a ? own : saved);
    }
  }
  swapped_.end_sample();
  ++result_.samples;
  return {};
}

Status CaptureDiff::add(const Capture& a, const Capture& b) {
  result_.a = a.source, result_.b = b.source;
  result_.a_is_capture = result_.b_is_capture = true;
  for (std::size_t i = 0; i < graph_->nodes.size(); ++i) {
    for (std::size_t k = 0; k < graph_->nodes[i].outputs.size(); ++k) {
      NPUTWIN_ASSIGN_OR_RETURN(const Tensor* x, captured(a, i, k));
      NPUTWIN_ASSIGN_OR_RETURN(const Tensor* y, captured(b, i, k));
      if (x == nullptr || y == nullptr) continue;
      NPUTWIN_RETURN_IF_ERROR(check_alike(node_name(i, graph_->nodes[i]), x->spec, y->spec));
      LayerDiff* layer = this->layer(i, k, x->spec);
      if (layer == nullptr) continue;
      layer->accumulated.add(x->view(), y->view());
      swapped_.add(layer->tensor, x->view(), y->view());
    }
  }
  if (result_.layers.empty())
    return error("{} and {} have no tensor of {} in common", a.source, b.source, result_.model);
  swapped_.end_sample();
  ++result_.samples;
  return {};
}

void CaptureDiff::find_causes(std::int64_t mismatches, std::size_t node, std::span<const TensorView> inputs,
                              std::size_t k, const TensorView& a, const TensorView& b, CauseCounts& causes) {
  if (mismatches == 0) return;
  if (!likeness_) return causes.add(Cause::kUnknown, mismatches);
  // Where the likeness computes another code than was captured, B's code stands for A's, so that nothing is asked of
  // it.
  std::vector<Blob> memory;
  memory.reserve(graph_->nodes[node].outputs.size());
  const TensorView like = run_alone(*likeness_->session, node, inputs, memory)[k];
  const TensorView &saved = side_ == CaptureSide::kA ? a : b, &own = side_ == CaptureSide::kA ? b : a;
  Blob known(saved.bytes);
  std::int64_t unlike = 0;
  const std::size_t width = size_of(a.spec->type);
  for (std::size_t i = 0; i < static_cast<std::size_t>(a.spec->elements()); ++i) {
    if (element_of(like, i) == element_of(saved, i) || element_of(own, i) == element_of(saved, i)) continue;
    std::memcpy(known.mutable_bytes().data() + i * width, own.bytes.data() + i * width, width);
    ++unlike;
  }
  if (unlike > 0) causes.add(Cause::kUnknown, unlike);
  const TensorView explained{a.spec, known.bytes()};
  likeness_->causes.add(node, inputs, k, side_ == CaptureSide::kA ? explained : a,
                        side_ == CaptureSide::kA ? b : explained, causes);
}

DiffResult CaptureDiff::result() const {
  DiffResult result = result_;
  for (const auto& [first, second] : swapped_.found()) {
    const auto of = [&](int t) { return graph_->tensors[static_cast<std::size_t>(t)].spec.name; };
    result.swapped.emplace_back(of(first), of(second));
  }
  return result;
}

}  // namespace nputwin
