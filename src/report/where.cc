#include "report/where.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <vector>

namespace nputwin::report {
namespace {

/// Of `count` elements thrown anywhere, how likely a share `found` of them at least lies in a part that is `expected`
/// of the tensor: Chernoff's bound.
double chance(double found, double expected, std::int64_t count) {
  if (found <= expected) return 1;
  const auto term = [](double p, double q) { return p == 0 ? 0 : p * std::log(p / q); };
  return std::exp(-static_cast<double>(count) * (term(found, expected) + term(1 - found, 1 - expected)));
}

constexpr double kNoChance = 1e-3;

std::optional<Where::Range> range_of(const std::vector<std::int64_t>& counts) {
  std::optional<Where::Range> range;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const auto at = static_cast<std::int64_t>(i);
    range = {range ? range->first : at, at};
  }
  return range;
}

/// "the last row", "rows 3 to 5 of 16": a part of a dimension that holds all; empty where chance may have done it.
std::string part_text(const std::vector<std::int64_t>& counts, std::int64_t mismatches, std::string_view one) {
  const auto range = range_of(counts);
  if (!range) return "";
  const auto size = static_cast<std::int64_t>(counts.size()), length = range->last - range->first + 1;
  std::vector<std::int64_t> some;
  for (std::int64_t i = 0; i < size; ++i) {
    if (counts[static_cast<std::size_t>(i)] != 0) some.push_back(i);
  }
  const auto unlikely = [&](std::int64_t part) {
    return chance(1, static_cast<double>(part) / static_cast<double>(size), mismatches) <= kNoChance;
  };
  constexpr std::size_t kFew = 4;
  const auto part = static_cast<std::int64_t>(some.size());
  // Any few could have been the ones: more mismatches are to speak for them.
  const double choices = std::pow(static_cast<double>(size), static_cast<double>(part));
  const double share = static_cast<double>(part) / static_cast<double>(size);
  if (part < length && some.size() <= kFew && choices * chance(1, share, mismatches) <= kNoChance)
    return fmt::format("in {}s {} of {}", one, fmt::join(some, ", "), size);
  if (unlikely(length)) {
    if (length == 1 && range->last == size - 1 && size > 1) return fmt::format("in the last {}", one);
    if (length == 1 && range->first == 0 && size > 1) return fmt::format("in the first {}", one);
    if (length == 1) return fmt::format("in {} {} of {}", one, range->first, size);
    if (range->last == size - 1) return fmt::format("in the last {} {}s of {}", length, one, size);
    if (range->first == 0) return fmt::format("in the first {} {}s of {}", length, one, size);
    return fmt::format("in {}s {} to {} of {}", one, range->first, range->last, size);
  }
  return "";
}

std::string border_text(const DifferenceStats::Border& border, std::int64_t elements, std::int64_t mismatches) {
  const double found = static_cast<double>(border.mismatches) / static_cast<double>(mismatches);
  const double expected = static_cast<double>(border.elements) / static_cast<double>(elements);
  constexpr double kMostly = 0.75;
  if (found < kMostly || expected >= 1 || chance(found, expected, mismatches) > kNoChance) return "";
  return fmt::format("on the border, where windows meet the padding: {} of {}", border.mismatches, mismatches);
}

}  // namespace

std::optional<Where> where_of(const DifferenceStats& s, const Shape& shape) {
  if (s.mismatches() == 0) return std::nullopt;
  Where where;
  where.channels = range_of(s.channels());
  std::vector<std::string> parts;
  if (!s.places().empty() && shape.size() == 4) {
    const auto height = static_cast<std::size_t>(shape[1]), width = static_cast<std::size_t>(shape[2]);
    std::vector<std::int64_t> rows(height), columns(width);
    for (std::size_t i = 0; i < s.places().size(); ++i) {
      rows[i / width] += s.places()[i];
      columns[i % width] += s.places()[i];
    }
    where.rows = range_of(rows);
    where.columns = range_of(columns);
    parts.push_back(part_text(rows, s.mismatches(), "row"));
    parts.push_back(part_text(columns, s.mismatches(), "column"));
    if (parts[0].empty() && parts[1].empty()) parts.push_back(border_text(s.border(), s.elements(), s.mismatches()));
  }
  parts.push_back(part_text(s.channels(), s.mismatches(), "channel"));
  std::erase(parts, "");
  where.text = fmt::format("{}", fmt::join(parts, ", "));
  return where;
}

}  // namespace nputwin::report
