#pragma once

#include <cstddef>
#include <string>

#include "model/not_run.h"
#include "session/layer_times.h"

namespace nputwin::report {

/// Where time goes, for people: a line for each op in the model's order, then one for each type of op, the dearest
/// first. Names have what `columns` leaves them.
[[nodiscard]] std::string layer_times_text(const LayerTimes& times, std::size_t columns);

/// What docs/layer_times.schema.json describes.
[[nodiscard]] std::string layer_times_json(const std::string& model, const std::string& profile,
                                           const LayerTimes& times, const NotRun& not_run);

}  // namespace nputwin::report
