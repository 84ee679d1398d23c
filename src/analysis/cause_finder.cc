#include "analysis/cause_finder.h"

#include <cmath>

#include "analysis/element.h"

namespace nputwin {
/// Whether `value` lies on B's side of A.
bool CauseFinder::moved(const Element& e, double value) { return (value - e.a) * (e.b - e.a) > 0; }

std::optional<NodeRunner> CauseFinder::runner(const Profile& profile, const Profile* fallback) const {
  auto made = NodeRunner::make(*b_, node_, profile, fallback, b_->preparation().options().isa);
  if (!made) return std::nullopt;
  return std::move(*made);
}

void CauseFinder::prepare() {
  if (prepared_) return;
  prepared_ = true;
  const Placement::Rules &a = a_->preparation().rules(node_), &b = b_->preparation().rules(node_);
  const auto undelegated = [](const Placement::Rules& rules) -> const Profile& {
    return rules.fallback != nullptr ? *rules.fallback : *rules.profile;
  };
  const ProfilePath path = profile_path(*a.profile, *b.profile);
  // What ops leave to the runtime below B's delegate goes the same way, all at once: the last step takes B's.
  Profile below_start = profile_path(undelegated(a), undelegated(b)).start;
  const Profile* below = b.fallback != nullptr ? &below_start : nullptr;
  start_ = runner(path.start, below);
  for (const auto& [cause, after] : path.steps) {
    if (auto made = runner(after, b.fallback)) steps_.push_back({cause, std::move(*made)});
  }
  const Profile up = exact_profile(*b.profile, true), down = exact_profile(*b.profile, false);
  down_ = runner(down, b.fallback != nullptr ? &down : nullptr);
  up_ = runner(up, b.fallback != nullptr ? &up : nullptr);
  const Node& node = b_->graph().nodes[node_];
  const Family family = find_op(node.op)->family;
  departure_a_ = departure_of(*a.profile, family), departure_b_ = departure_of(*b.profile, family);
}

Cause CauseFinder::by_exact_result(double a, double b, std::optional<double> down,
                                   std::optional<double> up) const {
  const Cause either = departure_a_ != Cause::kSubstitution ? departure_a_ : departure_b_;
  if (!down || !up) return either;
  const bool a_nearest = a == *down || a == *up, b_nearest = b == *down || b == *up;
  if (a_nearest && b_nearest) return Cause::kTie;
  return a_nearest ? departure_b_ : departure_a_;
}

void CauseFinder::add(std::span<const TensorView> inputs, std::size_t k, const TensorView& a,
                      const TensorView& b, CauseCounts& counts) {
  std::vector<Element> open;
  const auto elements = static_cast<std::size_t>(a.spec->elements());
  for (std::size_t i = 0; i < elements; ++i) {
    const double x = element_of(a, i), y = element_of(b, i);
    if (x != y && !(std::isnan(x) && std::isnan(y))) open.push_back({i, x, y});
  }
  find(inputs, k, std::move(open), counts);
}

Cause CauseFinder::cause_of(std::span<const TensorView> inputs, std::size_t k, std::size_t element, double a,
                            double b) {
  CauseCounts counts;
  find(inputs, k, {{element, a, b}}, counts);
  Cause found = Cause::kUnknown;
  counts.each([&](Cause cause, std::int64_t) { found = cause; });
  return found;
}

void CauseFinder::find(std::span<const TensorView> inputs, std::size_t k, std::vector<Element> open,
                       CauseCounts& counts) {
  if (open.empty()) return;
  prepare();
  std::vector<Element> by_rules;
  if (start_) {
    const TensorView start = start_->run(inputs)[k];
    std::erase_if(open, [&](const Element& e) {
      if (element_of(start, e.index) != e.a) return false;
      by_rules.push_back(e);
      return true;
    });
  }
  for (Step& step : steps_) {
    if (by_rules.empty()) break;
    const TensorView after = step.runner.run(inputs)[k];
    std::erase_if(by_rules, [&](const Element& e) {
      if (!moved(e, element_of(after, e.index))) return false;
      counts.add(step.cause);
      return true;
    });
  }
  // No rule on the way moves these: B's methods do it.
  open.insert(open.end(), by_rules.begin(), by_rules.end());
  if (open.empty()) return;
  std::optional<TensorView> down, up;
  if (down_ && up_) down = down_->run(inputs)[k], up = up_->run(inputs)[k];
  for (const Element& e : open) {
    counts.add(by_exact_result(e.a, e.b, down ? std::optional(element_of(*down, e.index)) : std::nullopt,
                               up ? std::optional(element_of(*up, e.index)) : std::nullopt));
  }
}

std::vector<CauseFinder::Passed> CauseFinder::steps_of(std::span<const TensorView> inputs, std::size_t k,
                                                       std::size_t element) {
  prepare();
  std::vector<Passed> passed;
  for (Step& step : steps_) passed.push_back({step.cause, element_of(step.runner.run(inputs)[k], element)});
  return passed;
}

}  // namespace nputwin
