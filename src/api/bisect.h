#pragma once

#include <optional>
#include <string>

#include "analysis/compare/bisect.h"
#include "api/diff.h"

namespace nputwin::api {

struct BisectOptions {
  DiffOptions diff;                  ///< both sides are profiles
  std::string limit = "mismatch>0";  ///< as Condition::parse takes it
  bool accumulated = false;          ///< hold a layer's accumulated figures against the limit, not its isolated ones
  std::string folder;                ///< to write to; it is made where there is none
};

/// The first layer beyond the limit, and the smallest part of the model that shows it.
struct BisectResult {
  std::size_t samples = 0;  ///< that were compared
  NotRun not_run;           ///< of the model
  struct Found {
    LayerDiff layer;
    std::size_t sample = 0;  ///< the first that differs there
    Bisection part;
    std::size_t ops = 0;  ///< of the whole model
    std::string model_file, input_file;
    std::string diff_command;  ///< that shows it
  };
  std::optional<Found> found;
};

/// Compares, finds the layer, and writes model.tflite and input.npz. Writes nothing where there is none, and where the
/// work is stopped, which is an error.
[[nodiscard]] Result<BisectResult> bisect(const BisectOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api
