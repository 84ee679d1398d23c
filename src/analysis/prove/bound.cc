#include "analysis/prove/bound.h"

#include <algorithm>

namespace nputwin {
namespace {

using Divergences = std::vector<std::optional<Divergence>>;  // nothing: not known

class Bounder {
 public:
  Bounder(Session& a, Session& b, const Proof& proof) : a_(a), b_(b), codes_(codes_of_tensors(a, b)) {
    for (const auto& [tensor, range] : proof.codes) codes_[static_cast<std::size_t>(tensor)].range = range;
  }

  [[nodiscard]] TensorSpec spec(int tensor) const { return a_.preparation().specs()[static_cast<std::size_t>(tensor)]; }
  /// How far apart two codes of a tensor can be.
  [[nodiscard]] std::optional<double> range(int tensor) const {
    if (!has_codes(spec(tensor).type)) return std::nullopt;
    return static_cast<double>(codes(tensor).count() - 1);
  }

  /// Of output k, from the divergences of the node's inputs.
  [[nodiscard]] std::optional<Divergence> output(const ProvenOp& op, std::size_t k, const Divergences& inputs) const {
    const bool known = std::ranges::all_of(inputs, [](const auto& d) { return d.has_value(); });
    const bool equal_inputs = known && std::ranges::all_of(inputs, [](const auto& d) { return d->hull().none(); });
    if (equal_inputs && op.proof.verdict == ProofVerdict::kEqual) return Divergence();
    const int tensor = a_.model().node(op.node).outputs[k];
    if (known && k == 0) {
      if (auto defined = by_definition(op, inputs)) return within_range(tensor, *std::move(defined));
    }
    if (const auto moved = by_moves(op, tensor, inputs)) return moved;
    const auto most = range(tensor);
    return most ? std::optional(Divergence(Spread{-*most, *most})) : std::nullopt;
  }

 private:
  [[nodiscard]] const Codes& codes(int tensor) const { return codes_[static_cast<std::size_t>(tensor)]; }

  [[nodiscard]] std::optional<Divergence> by_definition(const ProvenOp& op, const Divergences& inputs) const {
    const Kernel *of_a = a_.kernel(op.node), *of_b = b_.kernel(op.node);
    if (of_a == nullptr || of_b == nullptr) return std::nullopt;
    const std::vector<int>& tensors = a_.model().node(op.node).inputs;
    std::vector<Codes> of_inputs;
    std::vector<Divergence> given;
    of_inputs.reserve(tensors.size()), given.reserve(tensors.size());
    for (std::size_t k = 0; k < tensors.size(); ++k) {
      of_inputs.push_back(tensors[k] < 0 ? Codes{} : codes(tensors[k]));
      given.push_back(*inputs[k]);
    }
    return divergence_of({*of_a, *of_b, a_.context(op.node), b_.context(op.node), of_inputs, op.proof}, given);
  }

  /// Of an op that moves elements, and moves the same ones on both sides. Integers can be the places themselves.
  [[nodiscard]] std::optional<Divergence> by_moves(const ProvenOp& op, int tensor, const Divergences& inputs) const {
    const Kernel *of_a = a_.kernel(op.node), *of_b = b_.kernel(op.node);
    if (of_a == nullptr || of_b == nullptr || !of_a->only_moves() || !of_b->only_moves()) return std::nullopt;
    const DType type = spec(tensor).type;
    if (op.proof.verdict != ProofVerdict::kEqual || (!has_codes(type) && type != DType::kFloat32)) return std::nullopt;
    Spread all;
    const std::vector<int>& tensors = a_.model().node(op.node).inputs;
    for (std::size_t k = 0; k < tensors.size(); ++k) {
      if (tensors[k] < 0) continue;
      if (!inputs[k]) return std::nullopt;
      const Spread spread = inputs[k]->hull();
      if (spec(tensors[k]).type == type) {
        all.include(spread);
      } else if (!spread.none()) {
        return std::nullopt;
      }
    }
    return Divergence(all);
  }

  /// Two codes are never further apart than the ends of their range.
  [[nodiscard]] Divergence within_range(int tensor, Divergence divergence) const {
    if (const auto most = range(tensor)) divergence.limit(*most);
    return divergence;
  }

  Session &a_, &b_;
  std::vector<Codes> codes_;
};

std::optional<double> isolated_bound(const OpProof& proof, std::size_t output) {
  if (proof.verdict == ProofVerdict::kEqual) return 0;
  if (output != 0 || !is_by_values(proof.by)) return std::nullopt;
  return proof.bound;
}

std::optional<double> largest(const std::optional<Divergence>& divergence) {
  return divergence ? std::optional(divergence->hull().largest()) : std::nullopt;
}

}  // namespace

std::map<int, LayerBound> bounds_of(Session& a, Session& b, const Proof& proof,
                                    const std::function<std::optional<Divergence>(int tensor)>& found) {
  const Bounder bounder(a, b, proof);
  const Graph& graph = a.graph();
  // Of a tensor that no op makes: the sides have it alike, but for what variables keep of runs that differ.
  const bool all_equal = proof.equal();
  const auto equal = [&](int t) { return t < 0 || all_equal || !graph.tensors[static_cast<std::size_t>(t)].variable; };
  std::map<int, std::optional<Divergence>> made;
  std::map<int, LayerBound> bounds;
  for (const ProvenOp& op : proof.ops) {
    const Node& node = a.model().node(op.node);
    Divergences whatever, as_found;
    for (const int t : node.inputs) {
      const auto at = made.find(t);
      const std::optional<Divergence> alike = equal(t) ? std::optional(Divergence()) : std::nullopt;
      whatever.push_back(at == made.end() ? alike : at->second);
      as_found.push_back(at == made.end() ? alike : found(t));
    }
    for (std::size_t k = 0; k < node.outputs.size(); ++k) {
      const int t = node.outputs[k];
      if (t < 0) continue;
      made[t] = bounder.output(op, k, whatever);
      bounds[t] = {isolated_bound(op.proof, k), largest(made[t]), largest(bounder.output(op, k, as_found)),
                   bounder.range(t)};
    }
  }
  return bounds;
}

}  // namespace nputwin
