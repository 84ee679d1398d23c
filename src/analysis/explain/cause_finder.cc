#include "analysis/explain/cause_finder.h"

#include <algorithm>
#include <cmath>

#include "analysis/element.h"
#include "analysis/explain/profile_path.h"
#include "profile/families/families.h"
#include "profile/profile.h"

namespace nputwin {
namespace {

// One sum by the plain definition takes as long as some dozens in a run of the whole op.
constexpr std::int64_t kManyPerFew = 32;

}  // namespace

struct CauseFinder::Between {
  ProfilePath path;
  /// For what B's delegate rejects: the methods of B's fallback profile with the rules of A's.
  Profile fallback_start;
  Profile up, down;  ///< exact, ties going up and down
};

std::optional<CauseFinder::Codes> CauseFinder::Codes::of(NodeRunner runner, std::span<const TensorView> inputs,
                                                         std::size_t k, bool one_by_one) {
  Codes codes(std::move(runner));
  if (one_by_one) {
    codes.mac_ = mac_kernel_of(codes.runner_.kernel());
    codes.context_ = codes.runner_.context(inputs);
    return codes;
  }
  const auto outputs = codes.runner_.run(inputs);
  if (!outputs) return std::nullopt;
  codes.made_ = (*outputs)[k];
  return codes;
}

double CauseFinder::Codes::at(std::size_t element) const {
  if (mac_ == nullptr) return element_of(made_, element);
  const auto flat = static_cast<std::int64_t>(element);
  return mac_->epilogue().element(flat).code(mac_->layer().sum(context_, flat));
}

bool CauseFinder::Codes::shifts_too_far(std::size_t element) const {
  if (mac_ == nullptr) return false;
  const auto flat = static_cast<std::int64_t>(element);
  const ElementEpilogue epilogue = mac_->epilogue().element(flat);
  const int shift = epilogue.scale.fixed.exponent;
  if (epilogue.rule.method != RequantizeRule::Method::kTwoStep || shift <= 0) return false;
  const std::int64_t held = accumulator_register(epilogue.rule, mac_->layer().sum(context_, flat));
  return held != (static_cast<std::int64_t>(shift_left_wrapping(static_cast<std::int32_t>(held), shift)) >> shift);
}

CauseFinder::StepCause::StepCause(const CauseFinder& finder, const Between& between, std::size_t step, NodeId node,
                                  std::span<const TensorView> inputs, std::size_t k)
    : cause_(between.path.steps[step].cause) {
  if (cause_ != Cause::kSecondRounding) return;
  const auto& [start, steps] = between.path;
  const Profile* fallback = finder.b_->preparation().rules(node).fallback;
  for (const Profile* side : {step == 0 ? &start : &steps[step - 1].after, &steps[step].after}) {
    auto plain = NodeRunner::make(*finder.b_, node, *side, fallback, scalar_isa());
    if (plain && mac_kernel_of(plain->kernel()) != nullptr)
      two_steps_.push_back(*Codes::of(std::move(*plain), inputs, k, true));
  }
}

Cause CauseFinder::StepCause::of(std::size_t element) const {
  const auto too_far = [&](const Codes& codes) { return codes.shifts_too_far(element); };
  return std::ranges::any_of(two_steps_, too_far) ? Cause::kOverflow : cause_;
}

std::optional<CauseFinder::Codes> CauseFinder::codes(NodeId node, const Profile& profile, const Profile* fallback,
                                                     std::span<const TensorView> inputs, std::size_t k,
                                                     bool few) const {
  const bool delegated = b_->preparation().rules(node).fallback != nullptr;
  const auto make = [&](const Isa& isa) {
    return NodeRunner::make(*b_, node, profile, delegated ? fallback : nullptr, isa);
  };
  if (few) {  // the plain definition, the last of the instruction sets, can tell of single sums
    auto plain = make(scalar_isa());
    if (plain && mac_kernel_of(plain->kernel()) != nullptr) return Codes::of(std::move(*plain), inputs, k, true);
  }
  auto runner = make(b_->preparation().options().isa);
  if (!runner) return std::nullopt;
  return Codes::of(std::move(*runner), inputs, k, false);
}

const CauseFinder::Between& CauseFinder::between(NodeId node) {
  const Placement::Rules &a = a_->preparation().rules(node), &b = b_->preparation().rules(node);
  std::shared_ptr<const Between>& between = between_[{a.profile, a.fallback, b.profile, b.fallback}];
  if (between != nullptr) return *between;
  const auto fallback_of = [](const Placement::Rules& rules) -> const Profile& {
    return rules.fallback != nullptr ? *rules.fallback : *rules.profile;
  };
  between = std::make_shared<const Between>(Between{
      profile_path(*a.profile, *b.profile),
      profile_path(fallback_of(a), fallback_of(b)).start,
      exact_profile(*b.profile, true),
      exact_profile(*b.profile, false),
  });
  return *between;
}

void CauseFinder::add(NodeId node, std::span<const TensorView> inputs, std::size_t k, const TensorView& a,
                      const TensorView& b, CauseCounts& counts) {
  std::vector<Element> open;
  const std::size_t size = size_of(a.spec->type);
  for (auto at = a.bytes.begin();;) {
    at = std::mismatch(at, a.bytes.end(), b.bytes.begin() + (at - a.bytes.begin())).first;
    if (at == a.bytes.end()) break;
    const std::size_t i = static_cast<std::size_t>(at - a.bytes.begin()) / size;
    const double x = element_of(a, i), y = element_of(b, i);
    if (differ(x, y)) open.push_back({i, x, y});
    at = a.bytes.begin() + static_cast<std::ptrdiff_t>((i + 1) * size);
  }
  find(node, inputs, k, std::move(open), counts);
}

void CauseFinder::find(NodeId node, std::span<const TensorView> inputs, std::size_t k, std::vector<Element> open,
                       CauseCounts& counts) {
  if (open.empty()) return;
  if (is_control_flow(b_->model().node(node).op))
    return counts.add(Cause::kUnknown, static_cast<std::int64_t>(open.size()));
  const Between& rules = between(node);
  const Profile* fallback = b_->preparation().rules(node).fallback;
  const TensorSpec& output = *b_->node_outputs(node)[k].spec;
  const bool few = static_cast<std::int64_t>(open.size()) <= output.elements() / kManyPerFew;
  std::vector<Element> by_rules;
  // Where B falls back, its fallback profile's rules are taken all at once: the first step has B's.
  if (const auto start = codes(node, rules.path.start, &rules.fallback_start, inputs, k, few)) {
    std::erase_if(open, [&](const Element& e) {
      if (differ(start->at(e.index), e.a)) return false;
      by_rules.push_back(e);
      return true;
    });
  }
  for (std::size_t s = 0; s < rules.path.steps.size() && !by_rules.empty(); ++s) {
    const auto made = codes(node, rules.path.steps[s].after, fallback, inputs, k, few);
    if (!made) continue;
    const auto here = std::partition(by_rules.begin(), by_rules.end(),
                                     [&](const Element& e) { return !differ(made->at(e.index), e.a); });
    if (here == by_rules.end()) continue;
    const StepCause cause(*this, rules, s, node, inputs, k);
    std::for_each(here, by_rules.end(), [&](const Element& e) { counts.add(cause.of(e.index)); });
    by_rules.erase(here, by_rules.end());
  }
  // No rule on the way moves these: B's methods do it.
  open.insert(open.end(), by_rules.begin(), by_rules.end());
  if (!open.empty()) by_exact_result(node, inputs, k, open, few, counts);
}

void CauseFinder::by_exact_result(NodeId node, std::span<const TensorView> inputs, std::size_t k,
                                  const std::vector<Element>& open, bool few, CauseCounts& counts) {
  const Between& rules = between(node);
  const Family family = find_op(b_->model().node(node).op)->family;
  const auto departure = facts_of(family).departure;
  const Cause departure_a = departure(*a_->preparation().rules(node).profile);
  const Cause departure_b = departure(*b_->preparation().rules(node).profile);
  const auto down = codes(node, rules.down, &rules.down, inputs, k, few);
  const auto up = codes(node, rules.up, &rules.up, inputs, k, few);
  if (!down || !up) {
    counts.add(departure_a != Cause::kSubstitution ? departure_a : departure_b, static_cast<std::int64_t>(open.size()));
    return;
  }
  for (const Element& e : open) {
    const double low = down->at(e.index), high = up->at(e.index);
    const bool a_nearest = e.a == low || e.a == high, b_nearest = e.b == low || e.b == high;
    counts.add(a_nearest && b_nearest ? Cause::kTie : a_nearest ? departure_b : departure_a);
  }
}

std::vector<CauseFinder::Passed> CauseFinder::steps_of(NodeId node, std::span<const TensorView> inputs, std::size_t k,
                                                       std::size_t element, double a, double b) {
  const Between& rules = between(node);
  std::vector<Passed> passed;
  const auto by_methods = [&](double to) {
    CauseCounts counts;
    by_exact_result(node, inputs, k, {{element, a, b}}, true, counts);
    counts.each([&](Cause cause, std::int64_t) { passed.push_back({cause, to, true}); });
  };
  double code = a;
  if (const auto start = codes(node, rules.path.start, &rules.fallback_start, inputs, k, true)) {
    if (differ(start->at(element), a)) by_methods(code = start->at(element));
    for (std::size_t s = 0; s < rules.path.steps.size(); ++s) {
      const PathStep<Profile>& step = rules.path.steps[s];
      const auto made = codes(node, step.after, b_->preparation().rules(node).fallback, inputs, k, true);
      if (!made) continue;
      const double after = made->at(element);
      passed.push_back(
          {differ(after, code) ? StepCause(*this, rules, s, node, inputs, k).of(element) : step.cause, after});
      code = after;
    }
  }
  if (differ(code, b)) by_methods(b);
  return passed;
}

std::optional<Cause> CauseFinder::first_cause(std::span<const Passed> steps, double a) {
  const auto first = std::ranges::find_if(steps, [&](const Passed& step) { return differ(step.code, a); });
  return first == steps.end() ? std::nullopt : std::optional(first->cause);
}

}  // namespace nputwin
