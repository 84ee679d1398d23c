#include "analysis/harden/groups.h"

#include <algorithm>
#include <array>

#include "analysis/lint/layers.h"
#include "tensor/codes_on.h"

namespace nputwin {
namespace {

template <std::size_t N>
bool is_among(const std::string& op, const std::array<std::string_view, N>& ops) {
  return std::ranges::find(ops, op) != ops.end();
}

/// Whose output has its inputs' scale by the format's specification, whatever they compute; CONCATENATION and the like
/// where the file has one.
constexpr std::array<std::string_view, 7> kSameScale{
    "AVERAGE_POOL_2D", "RESIZE_BILINEAR", "L2_POOL_2D", "CONCATENATION", "PACK", "MAXIMUM", "MINIMUM"};
/// Whose output has a scale of its own by the specification.
constexpr std::array<std::string_view, 5> kOwnScale{"LOGISTIC", "TANH", "SOFTMAX", "LOG_SOFTMAX", "L2_NORMALIZATION"};
/// Whose inputs may get another scale, whether or not the op can be tried.
constexpr std::array<std::string_view, 8> kTakesAnyScale{
    "SOFTMAX", "LOG_SOFTMAX", "L2_NORMALIZATION", "RESIZE_BILINEAR", "DEQUANTIZE", "ARG_MAX", "ARG_MIN", "SHAPE"};

}  // namespace

ScaleGroups::ScaleGroups(HardenBench& bench, bool change_io, std::span<const int> free) : bench_(bench) {
  const Graph& graph = bench.graph();
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    group_.push_back(static_cast<int>(t));
    members_[static_cast<int>(t)] = {static_cast<int>(t)};
  }
  fixed_.assign(graph.tensors.size(), false);
  settled_ = fixed_;
  layers_.assign(graph.nodes.size(), false);
  lint_rules::each_layer(bench.model(), [&](const lint_rules::Layer& layer) {
    if (layer.id.in_main() && layer.scaled() && !bench.is_folded(layer.id.index)) layers_[layer.id.index] = true;
  });
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    for (const int t : node.outputs) {
      if (t >= 0) maker_[t] = n;
    }
    for (const int t : node.inputs) {
      if (t >= 0) readers_[t].push_back(n);
    }
    if (node.left_out || node.outputs.empty() || !bench.is_quantized(node.outputs[0])) continue;
    if (!bench.only_moves(n) && !is_among(node.op, kSameScale)) continue;
    const Quantization& q = graph.spec(node.outputs[0]).quantization;
    for (const auto* list : {&node.inputs, &node.outputs}) {
      for (const int t : *list) {
        if (bench.is_quantized(t) && graph.spec(t).quantization == q) join(node.outputs[0], t);
      }
    }
  }
  fix_moves_of_unequal_scales();
  for (const auto* list : {&graph.inputs, &graph.outputs}) {
    for (const int t : *list) {
      if (!change_io && std::ranges::find(free, t) == free.end()) fix(t);
    }
  }
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    if (graph.tensors[t].variable) fix(static_cast<int>(t));
  }
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (node.left_out) continue;
    const bool can_be_tried = layers_[n] || (bench.only_moves(n) && node.op != "ASSIGN_VARIABLE") ||
                              is_among(node.op, kTakesAnyScale) || (!bench.is_folded(n) && bench.has_definition(n));
    for (const int t : node.inputs) {
      if (!can_be_tried) fix(t);
    }
    for (const int t : node.outputs) {
      if (!can_be_tried || bench.is_folded(n) || is_among(node.op, kOwnScale)) fix(t);
    }
  }
}

/// What moves codes from one scale to another changes what they mean: its scales stay.
void ScaleGroups::fix_moves_of_unequal_scales() {
  for (std::size_t n = 0; n < bench_.graph().nodes.size(); ++n) {
    const Node& node = bench_.graph().nodes[n];
    if (node.left_out || node.outputs.empty() || !bench_.is_quantized(node.outputs[0]) || !bench_.only_moves(n))
      continue;
    for (const int t : node.inputs) {
      if (!bench_.is_quantized(t) || bench_.spec(t).type != bench_.spec(node.outputs[0]).type) continue;
      if (of(t) == of(node.outputs[0])) continue;
      fix(t);
      fix(node.outputs[0]);
    }
  }
}

void ScaleGroups::join(int a, int b) {
  const int into = of(a), from = of(b);
  if (into == from) return;
  for (const int t : members_[from]) {
    group_[static_cast<std::size_t>(t)] = into;
    members_[into].push_back(t);
  }
  members_.erase(from);
}

void ScaleGroups::fix(int t) {
  if (t >= 0) fixed_[static_cast<std::size_t>(of(t))] = true;
}

std::vector<std::size_t> ScaleGroups::makers(int group) const {
  std::vector<std::size_t> makers;
  for (const int t : members(group)) {
    const auto maker = maker_.find(t);
    if (maker == maker_.end() || bench_.only_moves(maker->second)) continue;
    if (is_among(bench_.graph().nodes[maker->second].op, kSameScale)) continue;
    makers.push_back(maker->second);
  }
  return makers;
}

std::vector<std::size_t> ScaleGroups::neighbours(int group) const {
  std::vector<std::size_t> all = makers(group);
  for (const int t : members(group)) {
    if (const auto readers = readers_.find(t); readers != readers_.end())
      all.insert(all.end(), readers->second.begin(), readers->second.end());
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::erase_if(all, [&](std::size_t n) { return layers_[n] || bench_.only_moves(n) || bench_.is_folded(n); });
  return all;
}

bool ScaleGroups::feeds_only(int group, std::size_t node) const {
  const auto& outputs = bench_.graph().outputs;
  return std::ranges::all_of(members(group), [&](int t) {
    if (std::ranges::find(outputs, t) != outputs.end()) return false;
    const auto readers = readers_.find(t);
    return readers == readers_.end() ||
           std::ranges::all_of(readers->second, [&](std::size_t n) { return n == node || bench_.only_moves(n); });
  });
}

std::optional<Mover> ScaleGroups::mover(int group) const {
  const auto at = static_cast<std::size_t>(group);
  const std::vector<int>& tensors = members(group);
  if (fixed_[at] || settled_[at] || !std::ranges::all_of(tensors, [&](int t) { return bench_.is_quantized(t); }))
    return std::nullopt;
  const auto made_by = makers(group);
  if (made_by.empty()) {
    if (std::ranges::all_of(tensors, [&](int t) { return bench_.constant(t).has_value(); })) return Mover::kConstant;
    const auto& inputs = bench_.graph().inputs;  // where they may change
    const bool is_input =
        std::ranges::any_of(tensors, [&](int t) { return std::ranges::find(inputs, t) != inputs.end(); });
    return is_input ? std::optional(Mover::kOp) : std::nullopt;
  }
  if (std::ranges::all_of(made_by, [&](std::size_t n) { return layers_[n]; })) return Mover::kLayer;
  if (made_by.size() > 1) return Mover::kSum;  // which must agree on it all
  const std::string& op = bench_.graph().nodes[made_by[0]].op;
  return op == "ADD" || op == "SUB" ? Mover::kSum : Mover::kOp;
}

void ScaleGroups::set_scale(int group, float scale) {
  for (const int t : members(group)) {
    bench_.set_scale(t, scale);
    const ModelTensor& file = bench_.graph().tensor(t);
    if (!file.constant || !has_codes(file.spec.type)) continue;
    bench_.set_constant(t, codes_on(bench_.spec(t).quantization, {&file.spec, *file.constant}));
  }
}

}  // namespace nputwin
