#pragma once

#include <optional>
#include <string>

#include "api/diff.h"

namespace nputwin::api {

/// The CPU build whose outputs come nearest to those of the side that is no CPU runtime.
struct Nearest {
  std::string profile;              ///< of an AArch64 build
  std::string chip;                 ///< the other side
  std::int64_t differing = 0;       ///< of its output values on the first sample
  std::int64_t differing_here = 0;  ///< of the runtime's that was compared
  std::int64_t values = 0;
  std::string command;  ///< compares the two
};

/// Runs the model's first sample by every CPU build that a board can have and by the other side. Nothing where the two
/// sides are not a CPU runtime and something else, both profiles; where no output differs; where no build comes nearer.
[[nodiscard]] std::optional<Nearest> nearest_cpu(const DiffOptions& options, const Diffed& diffed);

}  // namespace nputwin::api
