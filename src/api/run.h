#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/callbacks.h"
#include "io/tflite/reader.h"
#include "model/not_run.h"
#include "session/layer_times.h"
#include "session/session_options.h"
#include "sides/input_source.h"
#include "tensor/tensor_set.h"

namespace nputwin::api {

struct RunOptions {
  ModelFile model;
  std::string profile;                ///< as resolve_profile takes it
  std::vector<InputArgument> inputs;  ///< sources, as make_inputs takes them
  SessionOptions session;
  bool all_tensors = false;  ///< keep every op's output, not the model's alone
  bool hashes = false;       ///< hash every op's output
  std::string until;         ///< the last op to run, as find_layer takes it; empty: all
  std::string output = {};   ///< where `tensors` go: an .npz, or for a model with one output an .npy; empty: nowhere
  bool layer_times = false;  ///< time the layers, in runs of their own
  int timed_runs = 0;        ///< so many for each sample; 0: for a second in all, and at least 5
};

/// The hashes of one sample: (tensor, hash), in the order of the ops.
using TensorHashes = std::vector<std::pair<int, std::string>>;

/// Tensors of K samples [N,…] are [K*N,…], one behind the other; those of a scalar [K].
struct RunResult {
  std::string profile;  ///< its name
  std::size_t samples = 0;
  std::vector<TensorSpec> output_specs;  ///< the model's outputs, of one sample
  std::vector<Tensor> outputs;           ///< their values, of all samples
  TensorSet tensors;  ///< those and, where asked for, the ops' outputs, by name, in the order in which the model makes
                      ///< them; a name that two tensors share gets the second one's index: "x#7"
  std::vector<TensorHashes> hashes;       ///< of each sample
  std::optional<LayerTimes> layer_times;  ///< where asked for
  NotRun not_run;                         ///< of the model; `outputs` are then those of the part that runs

  /// The outputs of sample n.
  [[nodiscard]] std::vector<TensorView> outputs_of(std::size_t n) const;
};

/// Runs one model with one profile's arithmetic on each sample, as far as it can be run (open_part).
[[nodiscard]] Result<RunResult> run(const RunOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api
