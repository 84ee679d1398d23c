#pragma once

#include <optional>

#include "analysis/agree/ranking.h"
#include "analysis/compare/diff_result.h"

namespace nputwin {

/// What a profile claims, checked against a real runtime.
struct Selfcheck {
  DiffResult result;     ///< A: the runtime, B: the profile
  bool measured = true;  ///< the profile was measured equal to this version of the runtime; else it is the nearest
  /// How near all profiles are, where that was asked for or `result` differs.
  std::optional<Ranking> ranking;

  /// Where `result` differs: other profiles that equal the runtime on everything.
  [[nodiscard]] std::vector<std::string> equals() const {
    return result.differs() && ranking ? ranking->equal() : std::vector<std::string>();
  }

  /// Adds a check of other samples. The ranking is known where both have one.
  [[nodiscard]] Status merge(const Selfcheck& other) {
    NPUTWIN_RETURN_IF_ERROR(result.merge(other.result));
    measured = measured && other.measured;
    if (ranking && other.ranking) {
      ranking->merge(*other.ranking);
    } else {
      ranking.reset();
    }
    return {};
  }
};

}  // namespace nputwin
