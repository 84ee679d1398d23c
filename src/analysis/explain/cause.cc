#include "analysis/explain/cause.h"

#include <algorithm>
#include <numeric>

namespace nputwin {
std::int64_t CauseCounts::total() const { return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}); }

std::array<Cause, kEnumNames<Cause>.size()> CauseCounts::by_frequency() const {
  std::array<Cause, kEnumNames<Cause>.size()> order{};
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Cause>(i);
  std::stable_sort(order.begin(), order.end(), [&](Cause x, Cause y) { return (*this)[x] > (*this)[y]; });
  return order;
}

}  // namespace nputwin
