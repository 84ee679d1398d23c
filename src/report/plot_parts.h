#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/compare/diff_result.h"
#include "report/plots.h"

namespace nputwin::report {

// What the plots' files share.

/// "op 4 CONV_2D"
[[nodiscard]] std::string layer_name(const LayerDiff& layer);
[[nodiscard]] double percent(const DifferenceStats& s);

/// A specification with its data, without marks and encodings; screen readers read `description` out.
[[nodiscard]] nlohmann::ordered_json plot_view(std::string description, nlohmann::ordered_json data);
/// A channel of an encoding.
[[nodiscard]] nlohmann::ordered_json plot_field(const char* name, const char* type,
                                                const nlohmann::ordered_json& title);
/// Colours of a share in percent, on a log scale; cividis reads the same with and without colour vision.
[[nodiscard]] nlohmann::ordered_json share_colour(const char* field_name, const char* title);

// One plot each.

[[nodiscard]] Plot propagation_plot(const DiffResult& result);
[[nodiscard]] Plot steps_plot(const DiffResult& result);
[[nodiscard]] Plot causes_plot(const DiffResult& result);
[[nodiscard]] Plot channels_plot(const DiffResult& result);
/// Its specification is null where no layer that differs is a feature map.
[[nodiscard]] Plot places_plot(const DiffResult& result);
[[nodiscard]] Plot graph_plot(const Report& report);

}  // namespace nputwin::report
