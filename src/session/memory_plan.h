#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"

namespace nputwin {

/// A stretch of memory that is in use from step `first` to step `last`, both included.
struct Allocation {
  std::size_t bytes = 0;
  int first = 0, last = 0;
};

struct MemoryPlan {
  std::vector<std::size_t> offsets;  ///< one for each allocation, multiples of 64
  std::size_t bytes = 0;             ///< of the whole arena
};

/// Places the allocations in one arena so that those in use at the same step do not overlap: the largest
/// first, each at the lowest offset that is free for its whole life. Fails where the arena would pass `limit`
/// bytes.
[[nodiscard]] Result<MemoryPlan> plan_memory(std::span<const Allocation> allocations, std::size_t limit);

}  // namespace nputwin
