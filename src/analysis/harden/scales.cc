#include "analysis/harden/scales.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/harden/candidates.h"
#include "ops/activation.h"

namespace nputwin {
namespace {

/// A group before a trial.
struct Saved {
  int group;
  float scale;
  std::vector<std::pair<int, CodeRange>> codes;  // of its tensors, but for constants
};

/// The codes of a tensor that is made on a scale `ratio` times as fine.
CodeRange finer_codes(const TensorSpec& spec, CodeRange codes, double ratio) {
  const CodeRange all = code_range(spec.type);
  const double zero = spec.zero_point();
  const double lo = std::floor(zero + std::min((codes.lo - zero) * ratio, 0.0)) - 1;
  const double hi = std::ceil(zero + std::max((codes.hi - zero) * ratio, 0.0)) + 1;
  return {static_cast<std::int32_t>(std::max<double>(std::min<double>(lo, codes.lo), all.lo)),
          static_cast<std::int32_t>(std::min<double>(std::max<double>(hi, codes.hi), all.hi))};
}

std::vector<Saved> apply_choice(HardenBench& bench, ScaleGroups& groups, const ScaleChoice& choice) {
  std::vector<Saved> saved;
  saved.reserve(choice.moves.size());
  for (const auto& [group, scale] : choice.moves) {
    const float before = groups.scale(group);
    Saved& own = saved.emplace_back(Saved{group, before, {}});
    if (before == scale) continue;
    for (const int t : groups.members(group)) {
      if (bench.constant(t)) continue;
      own.codes.emplace_back(t, bench.codes(t).range);
      if (scale < before)
        bench.narrow(t, finer_codes(bench.spec(t), bench.codes(t).range, double{before} / double{scale}));
    }
    groups.set_scale(group, scale);
  }
  return saved;
}
void restore_scales(HardenBench& bench, ScaleGroups& groups, const std::vector<Saved>& saved) {
  for (const auto& [group, scale, codes] : saved) {
    if (groups.scale(group) != scale) groups.set_scale(group, scale);
    for (const auto& [t, range] : codes) bench.narrow(t, range);
  }
}

/// Of a layer, or of an op that only moves codes; false for others.
bool note_codes_of(HardenBench& bench, const ScaleGroups& groups, std::size_t n) {
  const Node& node = bench.graph().nodes[n];
  if (groups.is_layer(n)) {
    const TensorSpec& out = bench.spec(node.outputs[0]);
    const auto clamp = activation_range(out, node.attributes);
    if (clamp && has_codes(out.type)) bench.narrow(node.outputs[0], *clamp);
    return true;
  }
  if (!bench.only_moves(n)) return false;
  for (const int out : node.outputs) {
    if (out < 0 || !has_codes(bench.spec(out).type)) continue;
    const TensorSpec& spec = bench.spec(out);
    CodeRange codes{0, 0};  // what padding may be
    if (spec.quantization.per_tensor()) codes = hull(codes, {spec.zero_point(), spec.zero_point()});
    for (const int in : node.inputs) {
      if (in >= 0 && bench.spec(in).type == spec.type) codes = hull(codes, bench.codes(in).range);
    }
    bench.narrow(out, codes);
  }
  return true;
}

class ScaleSearch {
 public:
  ScaleSearch(HardenBench& bench, ScaleGroups& groups) : bench_(bench), groups_(groups) {}

  std::optional<ScaleOutcome> visit(std::size_t n) {
    const Node& node = bench_.graph().nodes[n];
    if (node.left_out || bench_.is_folded(n) || node.outputs.empty() || node.outputs[0] < 0) return std::nullopt;
    const int out = node.outputs[0];
    if (note_codes_of(bench_, groups_, n) || !touches_codes(node)) return std::nullopt;
    ScaleOutcome outcome;
    outcome.node = n;
    auto agreement = bench_.agreement(n, false);
    outcome.known = agreement.known;
    outcome.why = agreement.why;
    if (agreement.known && (!agreement.required_agree() || agreement.open > 0)) {
      // As long as that moves something for a rule that is still open: hardened once more, nothing is to change.
      std::size_t moves = 0;
      do {
        moves = outcome.moved.size();
        search(n, outcome, agreement);
        agreement = bench_.agreement(n, false);
      } while (outcome.moved.size() > moves && agreement.required_agree() && agreement.open > 0);
    }
    outcome.equal = agreement.required_agree();
    if (outcome.known && !outcome.equal) agreement = without_some(n, outcome, std::move(agreement));
    outcome.open = agreement.open;
    if (outcome.known && !outcome.equal && outcome.why.empty()) outcome.why = why_not(node);
    if (agreement.codes) bench_.narrow(out, *agreement.codes);
    if (node.op == "ADD" || node.op == "SUB") {  // what comes later does not take apart what fits here
      for (const int t : node.inputs) settle(t);
    }
    return outcome;
  }

 private:
  [[nodiscard]] bool touches_codes(const Node& node) const {
    const auto has = [&](int t) { return t >= 0 && has_codes(bench_.spec(t).type); };
    return std::ranges::any_of(node.inputs, has) || std::ranges::any_of(node.outputs, has);
  }

  /// Of an op on which the sides still differ.
  [[nodiscard]] std::string why_not(const Node& node) const {
    bool any_moves = false;
    for (const auto* list : {&node.inputs, &node.outputs}) {
      for (const int t : *list) any_moves = any_moves || (bench_.is_quantized(t) && groups_.mover(groups_.of(t)));
    }
    if (any_moves) return "no scale was found that makes all agree";
    return "all its scales must stay: by the format (LOGISTIC, SOFTMAX …), for an ADD, or as the model's inputs and "
           "outputs";
  }

  /// Where no scale makes all sides agree, one may that makes all but those of one kind.
  HardenBench::Agreement without_some(std::size_t n, ScaleOutcome& outcome, HardenBench::Agreement of_all) {
    constexpr int kMostWithoutSome = 300;
    for (const auto& sides : bench_.dispensable(n)) {
      bench_.give_up(n, sides);
      auto agreement = bench_.agreement(n, false);
      if (agreement.known && !agreement.required_agree()) {
        search(n, outcome, agreement, kMostWithoutSome);
        agreement = bench_.agreement(n, false);
      }
      if (agreement.required_agree()) {
        outcome.given_up = bench_.names(sides);
        return agreement;
      }
      bench_.give_up(n, {});
    }
    return of_all;
  }

  void settle(int t) {
    if (bench_.is_quantized(t)) groups_.settle(groups_.of(t));
  }

  /// Nodes before this one, and such behind it whose output cannot give way, must stay equal; others must run.
  [[nodiscard]] bool others_agree(std::size_t n, int group) const {
    for (const std::size_t other : groups_.neighbours(group)) {
      if (other == n) continue;
      const Node& node = bench_.graph().nodes[other];
      const bool gives_way =
          other > n && !node.outputs.empty() && node.outputs[0] >= 0 && !groups_.is_fixed(groups_.of(node.outputs[0]));
      if (gives_way ? !bench_.runs_everywhere(other)
                    : was_equal(other) && !bench_.agreement(other, true).required_agree())
        return false;
    }
    return true;
  }
  [[nodiscard]] bool others_agree(std::size_t n, const ScaleChoice& choice) const {
    return std::ranges::all_of(choice.moves, [&](const ScaleChoice::Move& m) { return others_agree(n, m.group); });
  }

  /// The same of each move by itself, before the op is tried: many choices have a move in common, and other ops often
  /// are functions of one code. What it lets pass is looked at again.
  bool may_agree(std::size_t n, const ScaleChoice& choice) {
    return std::ranges::all_of(choice.moves, [&](const ScaleChoice::Move& m) {
      const auto [known, is_new] = allowed_.try_emplace({m.group, m.scale}, true);
      if (!is_new) return known->second;
      const auto saved = apply_choice(bench_, groups_, {{m}});
      known->second = others_agree(n, m.group);
      restore_scales(bench_, groups_, saved);
      return known->second;
    });
  }

  /// Of one before, that it was made equal; of one behind, that there is something to try.
  [[nodiscard]] bool was_equal(std::size_t n) const {
    const auto found = equal_.find(n);
    return found == equal_.end() || found->second;
  }

  void search(std::size_t n, ScaleOutcome& outcome, const HardenBench::Agreement& before, int most = 3000) {
    constexpr int kMostOfMany = 600, kMostAfterFirst = 60;
    constexpr std::int64_t kMany = 1 << 11;  // sums or pairs: a trial takes milliseconds
    if (before.arguments >= kMany) most = std::min(most, kMostOfMany);
    std::optional<ScaleChoice> best;
    std::size_t least_open = before.required_agree() ? before.open : SIZE_MAX;
    int after_first = before.required_agree() ? 1 : 0;
    allowed_.clear();
    for (const ScaleChoice& choice : scale_choices(bench_, groups_, n)) {
      if (!may_agree(n, choice)) continue;
      if (after_first > 0) ++after_first;
      if (--most < 0 || after_first > kMostAfterFirst) break;
      ++outcome.tried;
      const auto saved = apply_choice(bench_, groups_, choice);
      const auto agreement = bench_.agreement(n, true);
      const bool better = agreement.required_agree() && agreement.open < least_open && others_agree(n, choice);
      restore_scales(bench_, groups_, saved);
      if (!better) continue;
      best = choice;
      least_open = agreement.open;
      after_first = std::max(after_first, 1);
      if (least_open == 0) break;
    }
    // A step for the sake of a rule that nobody asked for is worth it where it settles all that is open.
    if (!best || (before.required_agree() && least_open > 0)) return;
    for (const auto& [group, scale] : best->moves) {
      const double by = double{scale} / double{groups_.scale(group)} - 1;
      if (by != 0) outcome.moved.push_back({groups_.members(group).front(), by});
    }
    apply_choice(bench_, groups_, *best);
  }

  HardenBench& bench_;
  ScaleGroups& groups_;
  std::map<std::size_t, bool> equal_;
  std::map<std::pair<int, float>, bool> allowed_;  // moves of the op at hand: may_agree

 public:
  void note(const ScaleOutcome& outcome) { equal_[outcome.node] = outcome.equal || !outcome.given_up.empty(); }
};

}  // namespace

void note_codes(HardenBench& bench, const ScaleGroups& groups) {
  for (std::size_t n = 0; n < bench.graph().nodes.size(); ++n) {
    const Node& node = bench.graph().nodes[n];
    if (!node.left_out && !bench.is_folded(n) && !node.outputs.empty() && node.outputs[0] >= 0)
      note_codes_of(bench, groups, n);
  }
}

bool can_agree(HardenBench& bench, ScaleGroups& groups, std::size_t node) {
  const auto now = bench.agreement(node, true);
  if (!now.known || now.required_agree()) return true;
  constexpr int kMost = 200;
  int tried = 0;
  for (const ScaleChoice& choice : scale_choices(bench, groups, node)) {
    if (++tried > kMost) break;
    const auto saved = apply_choice(bench, groups, choice);
    const bool agree = bench.agreement(node, true).required_agree();
    restore_scales(bench, groups, saved);
    if (agree) return true;
  }
  return false;
}

std::vector<ScaleOutcome> choose_scales(HardenBench& bench, ScaleGroups& groups, const Callbacks& callbacks) {
  ScaleSearch search(bench, groups);
  std::vector<ScaleOutcome> outcomes;
  const std::size_t nodes = bench.graph().nodes.size();
  for (std::size_t n = 0; n < nodes && !callbacks.stopped(); ++n) {
    if (auto outcome = search.visit(n)) {
      search.note(*outcome);
      outcomes.push_back(std::move(*outcome));
    }
    callbacks.at(n + 1, nodes);
  }
  return outcomes;
}

}  // namespace nputwin
