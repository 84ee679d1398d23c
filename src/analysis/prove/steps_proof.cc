#include "analysis/prove/steps_proof.h"

#include <algorithm>

#include "analysis/prove/thresholds.h"

namespace nputwin {
namespace {

bool equal(const InnerStep& a, const InnerStep& b) {
  if (a.rises && b.rises) {
    const Definition::Function in_a = [&](std::int64_t n, std::int64_t) { return static_cast<double>(a.value(n)); };
    const Definition::Function in_b = [&](std::int64_t n, std::int64_t) { return static_cast<double>(b.value(n)); };
    const std::int64_t least = a.value(a.lowest), most = a.value(a.highest);
    if (least != b.value(b.lowest) || most != b.value(b.highest)) return false;
    return thresholds_of(in_a, a.slope, a.lowest, a.highest, least, most).first ==
           thresholds_of(in_b, b.slope, b.lowest, b.highest, least, most).first;
  }
  constexpr std::int64_t kMostTried = std::int64_t{1} << 26;
  if (a.highest - a.lowest >= kMostTried) return false;
  for (std::int64_t n = a.lowest; n <= a.highest; ++n) {
    if (a.value(n) != b.value(n)) return false;
  }
  return true;
}

}  // namespace

std::optional<StepsProof> prove_steps(const std::vector<InnerStep>& a, const std::vector<InnerStep>& b) {
  const auto same = [](const InnerStep& x, const InnerStep& y) {
    return x.name == y.name && x.lowest == y.lowest && x.highest == y.highest;
  };
  if (a.empty() || !std::ranges::equal(a, b, same)) return std::nullopt;
  StepsProof proof;
  for (std::size_t i = 0; i < a.size(); ++i) {
    proof.arguments += a[i].highest - a[i].lowest + 1;
    if (!equal(a[i], b[i])) proof.unequal.push_back(a[i].name);
  }
  return proof;
}

}  // namespace nputwin
