#pragma once

#include <array>
#include <cstdint>

#include "profile/cause.h"

namespace nputwin {

/// How many elements each cause has.
class CauseCounts {
 public:
  void add(Cause cause, std::int64_t elements = 1) { counts_[static_cast<std::size_t>(cause)] += elements; }
  void merge(const CauseCounts& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  }
  [[nodiscard]] std::int64_t operator[](Cause cause) const { return counts_[static_cast<std::size_t>(cause)]; }
  [[nodiscard]] std::int64_t total() const;
  /// Calls f(cause, elements) for those with elements, the most frequent first.
  template <typename F>
  void each(F&& f) const {
    for (const Cause cause : by_frequency()) {
      if ((*this)[cause] > 0) f(cause, (*this)[cause]);
    }
  }

 private:
  [[nodiscard]] std::array<Cause, kEnumNames<Cause>.size()> by_frequency() const;
  std::array<std::int64_t, kEnumNames<Cause>.size()> counts_{};
};

}  // namespace nputwin
