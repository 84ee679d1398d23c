#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/callbacks.h"
#include "model/not_run.h"
#include "session/session_options.h"
#include "tensor/tensor_set.h"

namespace nputwin::api {

struct RunOptions {
  std::string model;                ///< a .tflite file
  std::string profile;              ///< as resolve_profile takes it
  std::vector<std::string> inputs;  ///< sources of one sample, as make_inputs takes them
  SessionOptions session;
  bool all_tensors = false;  ///< keep every op's output, not the model's alone
  bool hashes = false;       ///< hash every op's output
  std::string until;         ///< the last op to run, as find_layer takes it; empty: all
};

struct RunResult {
  std::string profile;          ///< its name
  std::vector<Tensor> outputs;  ///< the model's
  TensorSet tensors;            ///< by name; a name that two tensors share gets the second one's index: "x#7"
  std::vector<std::pair<int, std::string>> hashes;  ///< (tensor, hash), in the order of the ops
  NotRun not_run;                                   ///< of the model; `outputs` are then those of the part that runs
};

/// Runs one model with one profile's arithmetic on one sample, as far as it can be run (open_part).
[[nodiscard]] Result<RunResult> run(const RunOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api
