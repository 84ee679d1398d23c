#include "analysis/cause_finder.h"

#include <cmath>

#include "analysis/element.h"

namespace nputwin {
/// Whether `value` lies on B's side of A.
bool CauseFinder::moved(const Element& e, double value) { return (value - e.a) * (e.b - e.a) > 0; }

std::optional<NodeRunner> CauseFinder::runner(std::size_t node, const Profile& profile,
                                              const Profile* fallback) const {
  const bool delegated = b_->preparation().rules(node).fallback != nullptr;
  auto made =
      NodeRunner::make(*b_, node, profile, delegated ? fallback : nullptr, b_->preparation().options().isa);
  if (!made) return std::nullopt;
  return std::move(*made);
}

const CauseFinder::Between& CauseFinder::between(std::size_t node) {
  const Placement::Rules &a = a_->preparation().rules(node), &b = b_->preparation().rules(node);
  const auto [found, is_new] = between_.try_emplace({a.profile, a.fallback, b.profile, b.fallback});
  Between& between = found->second;
  if (!is_new) return between;
  const auto undelegated = [](const Placement::Rules& rules) -> const Profile& {
    return rules.fallback != nullptr ? *rules.fallback : *rules.profile;
  };
  between.path = profile_path(*a.profile, *b.profile);
  between.below = profile_path(undelegated(a), undelegated(b)).start;
  between.up = exact_profile(*b.profile, true), between.down = exact_profile(*b.profile, false);
  return between;
}

void CauseFinder::add(std::size_t node, std::span<const TensorView> inputs, std::size_t k,
                      const TensorView& a, const TensorView& b, CauseCounts& counts) {
  std::vector<Element> open;
  const auto elements = static_cast<std::size_t>(a.spec->elements());
  for (std::size_t i = 0; i < elements; ++i) {
    const double x = element_of(a, i), y = element_of(b, i);
    if (x != y && !(std::isnan(x) && std::isnan(y))) open.push_back({i, x, y});
  }
  find(node, inputs, k, std::move(open), counts);
}

Cause CauseFinder::cause_of(std::size_t node, std::span<const TensorView> inputs, std::size_t k,
                            std::size_t element, double a, double b) {
  CauseCounts counts;
  find(node, inputs, k, {{element, a, b}}, counts);
  Cause found = Cause::kUnknown;
  counts.each([&](Cause cause, std::int64_t) { found = cause; });
  return found;
}

void CauseFinder::find(std::size_t node, std::span<const TensorView> inputs, std::size_t k,
                       std::vector<Element> open, CauseCounts& counts) {
  if (open.empty()) return;
  const Between& rules = between(node);
  const Profile* fallback = b_->preparation().rules(node).fallback;
  std::vector<Element> by_rules;
  // What ops leave to the runtime below B's delegate goes all the way at once: the first step takes B's.
  if (auto start = runner(node, rules.path.start, &rules.below)) {
    const TensorView made = start->run(inputs)[k];
    std::erase_if(open, [&](const Element& e) {
      if (element_of(made, e.index) != e.a) return false;
      by_rules.push_back(e);
      return true;
    });
  }
  for (const auto& [cause, after] : rules.path.steps) {
    if (by_rules.empty()) break;
    auto step = runner(node, after, fallback);
    if (!step) continue;
    const TensorView made = step->run(inputs)[k];
    std::erase_if(by_rules, [&, why = cause](const Element& e) {
      if (!moved(e, element_of(made, e.index))) return false;
      counts.add(why);
      return true;
    });
  }
  // No rule on the way moves these: B's methods do it.
  open.insert(open.end(), by_rules.begin(), by_rules.end());
  if (!open.empty()) by_exact_result(node, inputs, k, open, counts);
}

void CauseFinder::by_exact_result(std::size_t node, std::span<const TensorView> inputs, std::size_t k,
                                  const std::vector<Element>& open, CauseCounts& counts) {
  const Between& rules = between(node);
  const Family family = find_op(b_->graph().nodes[node].op)->family;
  const Cause departure_a = departure_of(*a_->preparation().rules(node).profile, family);
  const Cause departure_b = departure_of(*b_->preparation().rules(node).profile, family);
  auto down = runner(node, rules.down, &rules.down), up = runner(node, rules.up, &rules.up);
  if (!down || !up) {
    counts.add(departure_a != Cause::kSubstitution ? departure_a : departure_b,
               static_cast<std::int64_t>(open.size()));
    return;
  }
  const TensorView lower = down->run(inputs)[k], upper = up->run(inputs)[k];
  for (const Element& e : open) {
    const double low = element_of(lower, e.index), high = element_of(upper, e.index);
    const bool a_nearest = e.a == low || e.a == high, b_nearest = e.b == low || e.b == high;
    counts.add(a_nearest && b_nearest ? Cause::kTie : a_nearest ? departure_b : departure_a);
  }
}

std::vector<CauseFinder::Passed> CauseFinder::steps_of(std::size_t node, std::span<const TensorView> inputs,
                                                       std::size_t k, std::size_t element) {
  std::vector<Passed> passed;
  for (const auto& [cause, after] : between(node).path.steps) {
    if (auto step = runner(node, after, b_->preparation().rules(node).fallback))
      passed.push_back({cause, element_of(step->run(inputs)[k], element)});
  }
  return passed;
}

}  // namespace nputwin
