#include "analysis/compare/diff.h"

#include <algorithm>

#include "base/checked.h"
#include "profile/profile.h"

namespace nputwin {

LayerDiff::Place LayerDiff::place_of(std::int64_t index) const {
  const std::int64_t each = std::max<std::int64_t>(element_count(shape).value_or(1), 1);
  return {static_cast<std::size_t>(index / each), index % each};
}

bool DiffResult::differs() const {
  return std::any_of(layers.begin(), layers.end(),
                     [](const LayerDiff& l) { return l.isolated.mismatches() + l.accumulated.mismatches() > 0; });
}

const LayerDiff* DiffResult::first() const {
  const auto found =
      std::find_if(layers.begin(), layers.end(), [](const LayerDiff& l) { return l.accumulated.mismatches() > 0; });
  return found == layers.end() ? nullptr : &*found;
}

const LayerDiff* DiffResult::first_alone() const {
  const auto found =
      std::find_if(layers.begin(), layers.end(), [](const LayerDiff& l) { return l.isolated.mismatches() > 0; });
  return found == layers.end() ? nullptr : &*found;
}

const LayerDiff* DiffResult::worst() const {
  const auto found = std::max_element(layers.begin(), layers.end(), [](const LayerDiff& x, const LayerDiff& y) {
    return x.accumulated.mismatch_rate() < y.accumulated.mismatch_rate();
  });
  return found == layers.end() || found->accumulated.mismatches() == 0 ? nullptr : &*found;
}

CauseCounts DiffResult::causes() const {
  CauseCounts all;
  for (const LayerDiff& layer : layers)
    layer.causes.each([&](Cause cause, std::int64_t count) { all.add(cause, count); });
  return all;
}

Result<Diff> Diff::between(Session& a, Session& b) {
  const Graph& graph = a.graph();
  if (&graph != &b.graph()) return error("both sides of a diff must run the same model");
  Diff diff(a, b);
  diff.result_.model = a.model().path, diff.result_.a = a.profile().name, diff.result_.b = b.profile().name;
  std::size_t largest = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    std::size_t bytes = 0;
    const auto outputs = a.node_outputs(i);
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      const TensorSpec& spec = *outputs[k].spec;
      bytes += align_up(outputs[k].bytes.size());
      diff.result_.layers.push_back(
          {i, graph.nodes[i].op, k, graph.nodes[i].outputs[k], spec.name, spec.type, spec.shape, {}, {}, {}, {}});
    }
    largest = std::max(largest, bytes);
  }
  diff.isolated_ = std::make_unique<Blob>(largest);
  return diff;
}

std::vector<TensorView> Diff::inputs_before(std::size_t node) {
  std::vector<TensorView> inputs(a_->node_inputs(node).begin(), a_->node_inputs(node).end());
  variables_.clear();
  variables_.reserve(inputs.size());
  const Graph& graph = a_->graph();
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const int t = graph.nodes[node].inputs[k];
    if (t >= 0 && graph.tensors[static_cast<std::size_t>(t)].variable)
      inputs[k].bytes = variables_.emplace_back(inputs[k].bytes).bytes();
  }
  return inputs;
}

Status Diff::add(std::span<const Tensor> inputs, const std::function<void(std::size_t)>& progress) {
  NPUTWIN_RETURN_IF_ERROR(a_->set_inputs(inputs));
  NPUTWIN_RETURN_IF_ERROR(b_->set_inputs(inputs));
  a_->reset_state();
  b_->reset_state();
  std::size_t layer = 0;
  std::vector<MutableTensorView> isolated;
  for (std::size_t i = 0; i < a_->graph().nodes.size(); ++i) {
    const auto from_a = a_->node_outputs(i), from_b = b_->node_outputs(i);
    isolated.clear();
    std::span<std::byte> room = isolated_->mutable_bytes();
    for (const TensorView& view : from_b) {
      isolated.push_back({view.spec, room.first(view.bytes.size())});
      room = room.subspan(align_up(view.bytes.size()));
    }
    const auto alone = inputs_before(i);  // first: a step of A changes the variables that it reads
    isolated_step_.run(i, isolated);
    b_->step(i);
    if (watch_) watch_(i, alone, from_a, isolated);
    for (std::size_t k = 0; k < from_a.size(); ++k, ++layer) {
      result_.layers[layer].isolated.add(from_a[k], read_only(isolated[k]));
      causes_.add(i, alone, k, from_a[k], read_only(isolated[k]), result_.layers[layer].causes);
      result_.layers[layer].accumulated.add(from_a[k], from_b[k]);
    }
    if (progress) progress(i + 1);
  }
  ++result_.samples;
  return {};
}

}  // namespace nputwin
