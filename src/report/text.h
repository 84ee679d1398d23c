#pragma once

#include <string>

#include "analysis/compare/diff_result.h"

namespace nputwin::report {

/// A name of at most `columns` characters, at least 3: of a longer one the beginning and the end stay, "…" between.
/// What tells two tensors apart stands at either end.
[[nodiscard]] std::string shortened(const std::string& name, std::size_t columns);

/// What a name has of a sentence.
inline constexpr std::size_t kNameColumns = 60;

/// A text of at most `columns` characters, at least 1: of a longer one the beginning and "…".
[[nodiscard]] std::string cut_off(const std::string& text, std::size_t columns);

/// The causes that occur, each with its number of elements, the most frequent first: "tie 12, table 3" with " " and
/// ", ".
[[nodiscard]] std::string causes_text(const CauseCounts& causes, std::string_view before_count = " ",
                                      std::string_view between = ", ");

/// The isolated mismatches in percent of the elements; nothing between two captures.
[[nodiscard]] std::optional<double> isolated_percent(const LayerDiff& layer);

/// The expected isolated mismatches in percent of the elements; nothing where they are not known.
[[nodiscard]] std::optional<double> expected_percent(const LayerDiff& layer);

/// Where in a layer's output differences lie, isolated ones where there are any: Where::text.
[[nodiscard]] std::string where_text(const LayerDiff& layer);

/// The unit of a layer's differences: "steps", or "real" numbers.
[[nodiscard]] std::string difference_unit(const LayerDiff& layer);

/// A share for sentences, "12 %" or "0.0034 %": two digits, or all before the point.
[[nodiscard]] std::string share_text(double percent);

/// A field of a CSV file by RFC 4180: quoted where it holds a comma, a quote or a line break.
[[nodiscard]] std::string csv_field(std::string text);

/// Text inside an HTML or XML element or a quoted attribute.
[[nodiscard]] std::string markup_text(std::string_view text);

}  // namespace nputwin::report
