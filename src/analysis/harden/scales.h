#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/harden/groups.h"

namespace nputwin {

/// What was done to the scales around an op that is no layer.
struct ScaleOutcome {
  std::size_t node = 0;
  bool known = true;     ///< it can be tried for all inputs
  bool equal = false;    ///< all required sides agree
  std::size_t open = 0;  ///< sides that are not required and do not
  int tried = 0;         ///< scales
  struct Moved {
    int tensor;  ///< one of the group's
    double by;   ///< new scale / the one before, less 1
  };
  std::vector<Moved> moved;
  std::string given_up;  ///< sides without which the others agree
  std::string why;       ///< of what is not known, or could not be made equal
};

/// Whether the sides agree on an op, or do with other scales around it. It changes none.
[[nodiscard]] bool can_agree(HardenBench& bench, ScaleGroups& groups, std::size_t node);

/// Notes again what codes layers and moves can make, as an activation's ends lie elsewhere on another scale.
void note_codes(HardenBench& bench, const ScaleGroups& groups);

/// Chooses the scales of activations, op by op in the order in which they run, so that all sides agree on each op that
/// is no layer.
[[nodiscard]] std::vector<ScaleOutcome> choose_scales(HardenBench& bench, ScaleGroups& groups,
                                                      const Callbacks& callbacks);

}  // namespace nputwin
