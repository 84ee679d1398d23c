#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/harden/hardened.h"
#include "base/callbacks.h"

namespace nputwin::api {

struct HardenOptions {
  std::vector<ModelFile> models;      ///< several are one system: what one gives the next one takes
  std::string output;                 ///< a file; of several models a folder, in which they keep their names
  std::vector<std::string> profiles;  ///< two or more, or presets
  std::vector<InputArgument> inputs;  ///< sources, as make_inputs takes them, for each model: calibration
  SessionOptions session;
  bool change_io = false;     ///< scales of the system's inputs and outputs may change
  std::string float_weights;  ///< a file as read_float_weights takes it, of one model; empty: none
  std::string max_loss_db;    ///< the most that the median of the tensors' SQNR may lose; empty: any
};

/// Writes models on which the profiles give the same codes for all inputs, as far as that can be; proves it of what is
/// written. Writes all files or none: none where the loss is beyond what was allowed.
[[nodiscard]] Result<Hardened> harden(const HardenOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api
