#include "session/memory_plan.h"

#include <algorithm>
#include <numeric>

#include "base/checked.h"

namespace nputwin {

Result<MemoryPlan> plan_memory(std::span<const Allocation> allocations, std::size_t limit) {
  MemoryPlan plan;
  plan.offsets.assign(allocations.size(), 0);
  std::vector<std::size_t> by_size(allocations.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(),
                   [&](std::size_t a, std::size_t b) { return allocations[a].bytes > allocations[b].bytes; });
  std::vector<std::size_t> placed;  // in order of offset
  for (const std::size_t i : by_size) {
    const Allocation& wanted = allocations[i];
    if (wanted.bytes > limit)
      return error("a tensor of {} bytes exceeds the memory limit of {} bytes", wanted.bytes, limit);
    const std::size_t bytes = align_up(wanted.bytes);
    std::size_t offset = 0;
    for (const std::size_t j : placed) {
      const Allocation& other = allocations[j];
      if (other.last < wanted.first || wanted.last < other.first) continue;
      if (plan.offsets[j] >= offset + bytes) break;
      offset = std::max(offset, plan.offsets[j] + align_up(other.bytes));
    }
    plan.offsets[i] = offset;
    plan.bytes = std::max(plan.bytes, offset + bytes);
    if (plan.bytes > limit) return error("the activations need more than the memory limit of {} bytes", limit);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), i,
                                   [&](std::size_t a, std::size_t b) { return plan.offsets[a] < plan.offsets[b]; }),
                  i);
  }
  return plan;
}

}  // namespace nputwin
