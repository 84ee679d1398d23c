#include "analysis/harden/hardened.h"

#include <algorithm>
#include <map>

namespace nputwin {
namespace {

/// Ops that no choice of scales makes equal, and why.
struct Known {
  std::string_view op, why;
};
constexpr Known kNoScaleHelps[] = {
    {"SOFTMAX", "each runtime has an exponential of its own, and adds them up in its own order"},
    {"LOG_SOFTMAX", "each runtime has an exponential and a logarithm of its own"},
    {"L2_NORMALIZATION", "each runtime has a root of its own"},
    {"RESIZE_BILINEAR", "weights of places meet ties, which runtimes round differently"},
};

std::string why(const HardenedModel& model, std::size_t node) {
  const Graph& graph = model.after->main();
  const Node& n = graph.nodes[node];
  if (n.op == "QUANTIZE" && !n.inputs.empty() && graph.spec(n.inputs[0]).type == DType::kFloat32)
    return "it takes real numbers, of which some lie at a tie of the codes";
  for (const Known& known : kNoScaleHelps) {
    if (known.op == n.op) return std::string(known.why);
  }
  for (const ScaleOutcome& s : model.hardening.scales) {
    if (s.node == node && !s.given_up.empty()) return fmt::format("{}; without {} the others agree", s.why, s.given_up);
    if (s.node == node && !s.why.empty()) return s.why;
  }
  for (const auto& [layer, outcome] : model.hardening.layers) {
    if (layer != node) continue;
    if (!outcome.left.empty()) return outcome.left;
    if (!outcome.unlike.empty()) return outcome.unlike;
    if (const auto fewer = outcome.count(ChannelWay::kFewerSides); fewer > 0)
      return fmt::format("nothing that was tried makes {} of its channels equal on {} too; the others agree", fewer,
                         outcome.given_up);
    if (const auto left = outcome.count(ChannelWay::kLeft); left > 0)
      return fmt::format("nothing that was tried makes {} of its channels equal", left);
  }
  return "it was not changed";
}

}  // namespace

bool HardenedModel::equal() const {
  return std::ranges::all_of(pairs, [](const Pair& p) { return p.after.equal(); });
}

bool Hardened::equal() const { return std::ranges::all_of(models, &HardenedModel::equal); }

std::vector<LeftOp> left_ops(const HardenedModel& model) {
  std::map<std::size_t, LeftOp> left;
  for (const auto& pair : model.pairs) {
    for (const ProvenOp& op : pair.after.ops) {
      if (op.proof.verdict == ProofVerdict::kEqual) continue;
      LeftOp& own = left[op.node.index];
      const bool is_worse = own.sides.empty() || op.proof.differing > own.proof.differing;
      own.node = op.node.index;
      own.op = op.op;
      own.name = op.name;
      own.sides.push_back(pair.b);
      if (is_worse) own.proof = op.proof;
      own.why = why(model, own.node);
    }
  }
  std::vector<LeftOp> list;
  list.reserve(left.size());
  for (auto& [node, op] : left) list.push_back(std::move(op));
  return list;
}

}  // namespace nputwin
