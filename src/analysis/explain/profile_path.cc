#include "analysis/explain/profile_path.h"

#include <algorithm>

#include "profile/parameters.h"

namespace nputwin {
namespace {

using Method = RequantizeRule::Method;

void round_once(RequantizeRule& rule) {
  if (rule.method == Method::kTwoStep) rule.method = Method::kOneStep;
}

/// A binary32 M has 24 significant bits: the same M times the sum, but exactly.
void multiply_exactly(RequantizeRule& rule) {
  if (rule.method != Method::kBinary32) return;
  rule.method = Method::kSignificand;
  rule.multiplier_bits = 24;
  rule.multiplier_rounding = Rounding::kFloor;
  rule.multiplier_plus_one = rule.common_exponent = false;
}

void keep_all_bits(RequantizeRule& rule) { rule.product_bits = 0, rule.guard_bits = RequantizeRule::kAllGuardBits; }

void take_multiplier(RequantizeRule& rule, const RequantizeRule& from) {
  rule.method = from.method;
  rule.scale = from.scale;
  rule.multiplier_bits = from.multiplier_bits;
  rule.multiplier_rounding = from.multiplier_rounding;
  rule.multiplier_plus_one = from.multiplier_plus_one;
  rule.common_exponent = from.common_exponent;
}

void take_product_bits(RequantizeRule& rule, const RequantizeRule& from) {
  rule.product_bits = from.product_bits;
  rule.product_rounding = from.product_rounding;
  rule.guard_bits = from.guard_bits;
}

/// The rules inside a profile, in one order for all; null where an optional one is not there. And the blocks of vector
/// code.
struct RuleCollector {
  std::vector<RequantizeRule*> rules;
  std::vector<int*> blocks;

  template <typename T>
  void operator()(std::string_view, T& field, Range = {}) {
    if constexpr (std::same_as<T, RequantizeRule>) {
      rules.push_back(&field);
    } else if constexpr (kIsOptional<T>) {
      typename T::value_type stand_in{};
      const std::size_t before = rules.size();
      (*this)("", field ? *field : stand_in);
      if (!field) std::fill(rules.begin() + static_cast<std::ptrdiff_t>(before), rules.end(), nullptr);
    } else if constexpr (Composite<T>) {
      if constexpr (std::same_as<T, DepthwiseRule>) blocks.push_back(&field.block);
      each_parameter(field, *this);
    }
  }
};

RuleCollector parts_of(Profile& profile) {
  RuleCollector parts;
  each_parameter(profile, parts);
  return parts;
}

/// Sets every method that has an exact one to it.
struct MakeExact {
  template <typename T>
  void operator()(std::string_view, T& field, Range = {}) const {
    if constexpr (kIsOptional<T>) {
      if (field) (*this)("", *field);
    } else if constexpr (Composite<T>) {
      each_parameter(field, *this);
    } else if constexpr (NamedEnum<T>) {
      if (kExactMethod<T>) field = *kExactMethod<T>;
    }
  }
};

}  // namespace

std::vector<PathStep<RequantizeRule>> rule_path(const RequantizeRule& a, const RequantizeRule& b) {
  RequantizeRule exact = b;
  round_once(exact), multiply_exactly(exact), keep_all_bits(exact);
  std::vector<PathStep<RequantizeRule>> steps;
  RequantizeRule rule = a;
  const auto step = [&](Cause cause, auto&& change) {
    if (a != b) change(rule);
    steps.push_back({cause, rule});
  };
  step(Cause::kOverflow, [&](RequantizeRule& r) { r.accumulator_bits = b.accumulator_bits; });
  step(Cause::kOverflow, [&](RequantizeRule& r) { r.accumulator_overflow = b.accumulator_overflow; });
  step(Cause::kSecondRounding, round_once);
  step(Cause::kBinary32Product, multiply_exactly);
  step(Cause::kProductWidth, keep_all_bits);
  step(Cause::kMultiplier, [&](RequantizeRule& r) { take_multiplier(r, exact); });
  step(Cause::kZeroPointOrder, [&](RequantizeRule& r) {
    r.zero_point_first = b.zero_point_first;
    r.zero_point_in_accumulator = b.zero_point_in_accumulator;
  });
  step(Cause::kTie, [&](RequantizeRule& r) { r.rounding = b.rounding; });
  step(Cause::kProductWidth, [&](RequantizeRule& r) { take_product_bits(r, b); });
  step(Cause::kBinary32Product, [&](RequantizeRule& r) {
    if (b.method == Method::kBinary32) r = b;
  });
  step(Cause::kSecondRounding, [&](RequantizeRule& r) { r = b; });
  return steps;
}

ProfilePath profile_path(const Profile& a, const Profile& b) {
  Profile from = a, to = b;
  const auto [rules_a, blocks_a] = parts_of(from);
  const auto [rules_b, blocks_b] = parts_of(to);
  ProfilePath path{b, {}};
  std::vector<std::vector<PathStep<RequantizeRule>>> paths(rules_b.size());
  const RuleCollector at_start = parts_of(path.start);
  for (std::size_t r = 0; r < rules_b.size(); ++r) {
    if (rules_a[r] == nullptr || rules_b[r] == nullptr) continue;
    *at_start.rules[r] = *rules_a[r];
    paths[r] = rule_path(*rules_a[r], *rules_b[r]);
  }
  for (std::size_t i = 0; i < blocks_a.size(); ++i) *at_start.blocks[i] = *blocks_a[i];
  const std::size_t steps = rule_path({}, {}).size();
  for (std::size_t s = 0; s < steps; ++s) {
    Profile next = path.steps.empty() ? path.start : path.steps.back().after;
    const auto rules = parts_of(next).rules;
    bool changed = false;
    Cause cause = Cause::kUnknown;
    for (std::size_t r = 0; r < rules.size(); ++r) {
      if (paths[r].empty()) continue;
      cause = paths[r][s].cause;
      changed = changed || *rules[r] != paths[r][s].after;
      *rules[r] = paths[r][s].after;
    }
    if (changed) path.steps.push_back({cause, std::move(next)});
  }
  const bool same_blocks =
      std::equal(blocks_a.begin(), blocks_a.end(), blocks_b.begin(), [](int* x, int* y) { return *x == *y; });
  if (!same_blocks) path.steps.push_back({Cause::kTie, b});
  return path;
}

Profile exact_profile(Profile profile, bool ties_up) {
  each_parameter(profile, MakeExact{});
  profile.real = {ties_up ? Rounding::kHalfUp : Rounding::kHalfDown, true};
  for (auto& own : profile.real_of) own.reset();
  return profile;
}

}  // namespace nputwin
