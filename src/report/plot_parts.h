#pragma once

#include <string>
#include <string_view>

#include "analysis/compare/diff_result.h"
#include "io/json.h"
#include "report/plots.h"

namespace nputwin::report {

// What the plots' files share. A row of data that belongs to a layer has its index in DiffResult::layers as "row", from
// which the page finds the table's row.

/// As precise as an eye can want, and short as text: a page has thousands.
[[nodiscard]] double short_number(double value);
/// The share of elements that differ, a short number.
[[nodiscard]] double differing_percent(const DifferenceStats& s);

/// A specification with its data, without marks and encodings; screen readers read `description` out. To each datum
/// with a "row" it adds what tooltips name: "layer" ("op 63:1 SPLIT"), "name", "unit" of its differences.
[[nodiscard]] Json plot_view(std::string description, Json data, const DiffResult& result);
/// The lookup of plot_view, for a view that has data of its own.
[[nodiscard]] Json layer_lookup();
/// A part of a specification from its text, which compiles in a tenth of the time that nested braces take.
[[nodiscard]] Json plot_part(std::string_view text);
/// A channel of an encoding.
[[nodiscard]] Json plot_field(const char* name, const char* type, const Json& title);
/// Colours of a share in percent, on a log scale; cividis reads the same with and without colour vision.
[[nodiscard]] Json share_colour(const char* field_name, const char* title);

// One plot each.

[[nodiscard]] Plot propagation_plot(const DiffResult& result);
[[nodiscard]] Plot steps_plot(const DiffResult& result);
[[nodiscard]] Plot causes_plot(const DiffResult& result);
[[nodiscard]] Plot channels_plot(const DiffResult& result);
/// Its specification is null where no layer that differs is a feature map.
[[nodiscard]] Plot places_plot(const DiffResult& result);
[[nodiscard]] Plot graph_plot(const Report& report);

}  // namespace nputwin::report
