#pragma once

#include <cstdint>
#include <optional>

#include "base/file.h"

namespace nputwin {

/// Whether a tensor depends on what goes into the model. Where it does not, equal values on two sides prove nothing.
struct Movement {
  std::uint64_t first = 0;      ///< the quick_hash of the first values
  std::int64_t samples = 0;     ///< whose values were looked at
  bool moved = false;           ///< some sample's values were not the first's
  std::int64_t other_runs = 0;  ///< on noise, that gave the first values again

  /// The values of one more sample.
  void add(Bytes values);
  /// The values of a run on other inputs than the samples.
  void add_other(Bytes values);
  void merge(const Movement& other);
  /// There was more than one input, and all gave the same values.
  [[nodiscard]] bool is_constant() const { return !moved && samples + other_runs > 1; }

  /// Calls f(name, field) for everything that is kept, so that it can be written and read again.
  template <typename Self, typename F>
  static void each_field(Self& self, F&& f) {
    f("first", self.first);
    f("samples", self.samples);
    f("moved", self.moved);
    f("other_runs", self.other_runs);
  }
};

}  // namespace nputwin
