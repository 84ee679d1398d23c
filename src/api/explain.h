#pragma once

#include <string>
#include <vector>

#include "analysis/explain/explain.h"
#include "base/callbacks.h"
#include "io/tflite/reader.h"
#include "session/session_options.h"
#include "sides/input_source.h"

namespace nputwin::api {

struct ExplainOptions {
  ModelFile model;
  std::string a, b;                   ///< profiles; `b` may be empty
  std::vector<InputArgument> inputs;  ///< sources, as make_inputs takes them
  SessionOptions session;
  std::string layer;                ///< as find_layer takes it; empty: the first that differs in isolation
  std::size_t output = 0;           ///< which of the op's outputs, where the layer is named
  std::vector<std::int64_t> index;  ///< of the element, one a dimension; empty: the first that differs, else the first
  std::size_t sample = 0;
  std::string until;  ///< the last op to run, as find_layer takes it; empty: all
};

/// Explains one output element: its sum, each step of the arithmetic, and where two sides diverge.
[[nodiscard]] Result<Explanation> explain(const ExplainOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api
