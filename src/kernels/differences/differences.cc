#include "kernels/differences/differences.h"

#include <algorithm>

namespace nputwin {
namespace {

void all_by_definition(const CodePairs& pairs, CodeDifferences& found) { differences_scalar(pairs, 0, found); }

}  // namespace

void differences_scalar(const CodePairs& pairs, std::int64_t begin, CodeDifferences& found) {
  for (std::int64_t i = begin; i < pairs.count; ++i) {
    const int x = pairs.code_a(i), y = pairs.code_b(i), real_x = x - pairs.zero, real_y = y - pairs.zero;
    found.aa += std::int64_t{real_x} * real_x;
    found.bb += std::int64_t{real_y} * real_y;
    found.ab += std::int64_t{real_x} * real_y;
    found.saturated += x == 0 || x == CodeDifferences::kWidest ? 1 : 0;
    found.least_a = std::min(found.least_a, x);
    found.most_a = std::max(found.most_a, x);
    found.least_b = std::min(found.least_b, y);
    found.most_b = std::max(found.most_b, y);
    if (x == y) continue;
    ++found.counts[static_cast<std::size_t>(y - x + CodeDifferences::kWidest)];
    if (found.first < 0) found.first = i;
    if (pairs.of_channels != nullptr) ++pairs.of_channels[i % pairs.channels];
    if (pairs.of_pixels != nullptr) ++pairs.of_pixels[i / pairs.channels];
  }
}

DifferencesKernel differences_kernel(const Isa& isa) {
  const DifferencesKernel vectors = isa.scalar() ? nullptr : differences_codes(isa);
  return vectors != nullptr ? vectors : all_by_definition;
}

}  // namespace nputwin
