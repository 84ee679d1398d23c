#include "analysis/compare/movement.h"

#include <algorithm>

#include "base/hash.h"

namespace nputwin {

void Movement::add(Bytes values) {
  ++samples;
  if (moved) return;
  const std::uint64_t hash = quick_hash(values);
  if (samples == 1) first = hash;
  moved = hash != first;
}

void Movement::add_other(Bytes values) {
  ++other_runs;
  moved = moved || quick_hash(values) != first;
}

void Movement::merge(const Movement& other) {
  if (other.samples == 0) return;
  if (samples == 0) {
    *this = other;
    return;
  }
  moved = moved || other.moved || first != other.first;
  samples += other.samples;
  // The same runs in every part.
  other_runs = std::max(other_runs, other.other_runs);
}

}  // namespace nputwin
