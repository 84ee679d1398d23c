#include "analysis/harden/bench.h"

#include <algorithm>

#include "profile/variant.h"

namespace nputwin {

Result<std::unique_ptr<HardenBench>> HardenBench::of(std::shared_ptr<const Model> model,
                                                     std::span<const HardenSide> sides, const SessionOptions& options) {
  std::unique_ptr<HardenBench> bench(new HardenBench(std::move(model), options));
  const std::size_t nodes = bench->graph().nodes.size();
  bench->folded_.assign(nodes, false);
  bench->moves_.assign(nodes, true);
  for (const HardenSide& side : sides) {
    if (Status added = bench->add(side); !added && side.required) return added.error();
  }
  bench->codes_.resize(bench->graph().tensors.size());
  for (std::size_t t = 0; t < bench->codes_.size(); ++t) bench->read_codes(static_cast<int>(t));
  return bench;
}

Status HardenBench::add(const HardenSide& side) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, resolve_profile(side.name));
  NPUTWIN_ASSIGN_OR_RETURN(auto preparation, Preparation::of(*model_, profile, options_));
  const ThreadPool alone(1);
  auto folded = folded_, moves = moves_;  // of a side that fails nothing stays
  const auto visit = [&](std::size_t n, const Preparation::AddedNode& added) -> Status {
    const Node& node = graph().nodes[n];
    if (!added.kernel) return in_context(fmt::format("{}: {}", model_->path, node_name(n, node)), added.kernel.error());
    if (*added.kernel == nullptr && !node.left_out) {
      folded[n] = true;
      moves[n] = false;
    }
    if (side.required && *added.kernel != nullptr && !(*added.kernel)->only_moves()) moves[n] = false;
    return {};
  };
  if (Status walked = preparation->add_nodes(alone, visit); !walked) return in_context(side.name, walked.error());
  folded_ = std::move(folded);
  moves_ = std::move(moves);
  sides_.push_back({side, std::move(preparation)});
  return {};
}

void HardenBench::give_up(std::size_t node, std::vector<std::size_t> sides) {
  given_up_.erase(node);
  if (!sides.empty()) given_up_[node] = std::move(sides);
}

std::vector<std::vector<std::size_t>> HardenBench::dispensable(std::size_t node) const {
  struct Kind {
    std::unique_ptr<Kernel> kernel;  // null: it refuses the node
    std::vector<std::size_t> sides;
  };
  std::vector<Kind> kinds;
  for (std::size_t s = 0; s < sides_.size(); ++s) {
    if (!side(s).required) continue;
    auto made = kernel(s, node);
    const auto known = std::ranges::find_if(
        kinds, [&](const Kind& kind) { return made && kind.kernel && kind.kernel->same_as(**made); });
    Kind& kind = known != kinds.end() ? *known : kinds.emplace_back();
    if (known == kinds.end() && made) kind.kernel = std::move(*made);
    kind.sides.push_back(s);
  }
  std::vector<std::vector<std::size_t>> dispensable;
  for (std::size_t k = kinds.size(); k > 1; --k) dispensable.push_back(std::move(kinds[k - 1].sides));
  return dispensable;
}

std::string HardenBench::names(std::span<const std::size_t> sides) const {
  std::string text;
  for (const std::size_t s : sides) text += (text.empty() ? "" : ", ") + side(s).name;
  return text;
}

bool HardenBench::is_quantized(int t) const {
  return t >= 0 && has_codes(spec(t).type) && spec(t).quantization.per_tensor();
}

void HardenBench::set_quantization(int t, const Quantization& quantization) {
  for (const Prepared& p : sides_) p.preparation->set_quantization(t, quantization);
}

void HardenBench::set_scale(int t, float scale) {
  Quantization q = spec(t).quantization;
  q.scale = {scale};
  set_quantization(t, q);
}

void HardenBench::set_constant(int t, std::span<const std::byte> values) {
  auto& own = constants_[t];
  auto replaced = std::make_shared<Blob>(values);
  for (const Prepared& p : sides_) p.preparation->set_constant(t, replaced->bytes());
  own = std::move(replaced);
  read_codes(t);
}

void HardenBench::read_codes(int t) {
  const TensorSpec& own = spec(t);
  Codes& codes = codes_[static_cast<std::size_t>(t)];
  codes = Codes::of_type(own.type);
  if (constant(t) && has_codes(own.type) && own.elements() > 0) codes = Codes::of_constant({&own, *constant(t)});
  codes.tensor = t;
}

Result<std::unique_ptr<Kernel>> HardenBench::kernel(std::size_t side, std::size_t node) const {
  const Preparation& preparation = *sides_[side].preparation;
  const Placement::Rules& rules = preparation.rules(node);
  return preparation.kernel_by(node, *rules.profile, rules.fallback, options_.isa);
}

bool HardenBench::has_definition(std::size_t node) const {
  const auto made = kernel(0, node);
  return made && (*made)->definition(Context(*this, 0, node).get()) != nullptr;
}

bool HardenBench::has_shapes_of_file(std::size_t node) const {
  const Node& n = graph().nodes[node];
  const auto same = [&](int t) { return t < 0 || spec(t).shape == spec_before(t).shape; };
  return std::ranges::all_of(n.inputs, same) && std::ranges::all_of(n.outputs, same);
}

bool HardenBench::runs_everywhere(std::size_t node) const {
  for (std::size_t s = 0; s < sides_.size(); ++s) {
    if (side(s).required && !kernel(s, node)) return false;
  }
  return true;
}

HardenBench::Context::Context(const HardenBench& bench, std::size_t side, std::size_t node) {
  const Preparation& preparation = *bench.sides_[side].preparation;
  const Node& n = bench.graph().nodes[node];
  for (const int t : n.inputs) {
    TensorView& view = inputs_.emplace_back();
    if (t < 0) continue;
    const auto at = static_cast<std::size_t>(t);
    view.spec = &preparation.specs()[at];
    if (preparation.constant(at)) view.bytes = *preparation.constant(at);
  }
  for (const int t : n.outputs) {
    MutableTensorView& view = outputs_.emplace_back();
    if (t >= 0) view.spec = &preparation.specs()[static_cast<std::size_t>(t)];
  }
}

HardenBench::Agreement HardenBench::agreement(std::size_t node, bool quick) const {
  Agreement found;
  std::vector<Codes> inputs;
  const Node& n = graph().nodes[node];
  inputs.reserve(n.inputs.size());
  for (const int t : n.inputs) inputs.push_back(t < 0 ? Codes{} : codes(t));
  std::vector<std::unique_ptr<Kernel>> kinds;  // of those that are compared, one of each; the first side's first
  const Context first_context(*this, 0, node);
  for (std::size_t s = 0; s < sides_.size(); ++s) {
    const bool required = is_required(s, node);
    auto made = kernel(s, node);
    const bool is_open = !side(s).required;  // not one that was given up
    if (!made) {
      if (!required) {
        found.open += is_open ? 1 : 0;
        continue;
      }
      found.known = false;
      found.why = fmt::format("{}: {}", side(s).name, made.error().message);
      return found;
    }
    if (std::ranges::any_of(kinds, [&](const auto& kind) { return kind->same_as(**made); })) continue;
    if (kinds.empty()) {
      kinds.push_back(std::move(*made));
      continue;
    }
    const Context context(*this, s, node);
    const OpProof proof = prove_op(*kinds[0], **made, first_context.get(), context.get(), inputs, quick);
    if (is_open) {
      found.open += proof.verdict == ProofVerdict::kEqual ? 0 : 1;
      continue;
    }
    if (proof.codes) found.codes = found.codes ? hull(*found.codes, *proof.codes) : *proof.codes;
    if (!required) continue;
    found.arguments = std::max(found.arguments, proof.arguments);
    found.differing = std::max(found.differing, proof.differing);
    if (proof.verdict == ProofVerdict::kOpen && proof.differing == 0) {
      found.known = false;
      found.why = proof.why;
    }
    if (quick && !found.required_agree()) return found;
    kinds.push_back(std::move(*made));
  }
  return found;
}

}  // namespace nputwin
