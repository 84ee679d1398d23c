#pragma once

#include <vector>

#include "analysis/harden/groups.h"

namespace nputwin {

/// Scales that groups of tensors may get together.
struct ScaleChoice {
  struct Move {
    int group;
    float scale;
  };
  std::vector<Move> moves;
};

/// What may make all sides agree on an op that is no layer, the smallest changes first.
[[nodiscard]] std::vector<ScaleChoice> scale_choices(const HardenBench& bench, const ScaleGroups& groups,
                                                     std::size_t node);

}  // namespace nputwin
