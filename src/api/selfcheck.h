#pragma once

#include <string>
#include <vector>

#include "analysis/agree/selfcheck.h"
#include "base/callbacks.h"
#include "io/tflite/reader.h"
#include "sides/input_source.h"

namespace nputwin::api {

struct SelfcheckOptions {
  ModelFile model;
  std::string python;  ///< the interpreter that has the runtime
  RuntimeMode mode = RuntimeMode::kDefault;
  std::string profile;                ///< to check; empty: the one of the runtime's version and processor
  std::vector<InputArgument> inputs;  ///< sources of one sample, as make_inputs takes them
  SessionOptions session;
  bool ranks = false;  ///< rank all profiles even where the profile is equal, as checks that are merged need
};

/// Runs the model in a real runtime, and compares every op's output with what a profile computes.
[[nodiscard]] Result<Selfcheck> selfcheck(const SelfcheckOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api
