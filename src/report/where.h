#pragma once

#include <optional>
#include <string>

#include "analysis/compare/difference_stats.h"

namespace nputwin::report {

/// Where in a tensor the elements that differ lie.
struct Where {
  /// The first and last index that has any; nothing for tensors without that dimension.
  struct Range {
    std::int64_t first, last;
  };
  std::optional<Range> rows, columns, channels;
  /// "in the last row, in channel 3 of 16": what is narrower than chance would have it. Empty where they lie all over,
  /// or are too few to tell.
  std::string text;
};

/// Nothing where nothing differs.
[[nodiscard]] std::optional<Where> where_of(const DifferenceStats& stats, const Shape& shape);

}  // namespace nputwin::report
