#pragma once

#include <span>
#include <string>

#include "sides/capture.h"
#include "sides/runtime_names.h"

namespace nputwin {

/// A capture, and which runtime it is of: ai_edge_litert, 2.1.0, x86_64.
struct RuntimeCapture : Capture {
  std::string package, version, machine;
  bool measured = false;  ///< `profile` was measured equal to this version on this machine; else it is the nearest
};

/// Runs the model in the TensorFlow Lite or LiteRT that the Python interpreter `python` has (tflite_runtime,
/// ai_edge_litert or tensorflow, in this order) and returns the values of every op's outputs. `inputs`: one for each
/// input of the model. Writes to a folder for temporary files, which it removes. The error says what the runtime said,
/// also where it crashed.
[[nodiscard]] Result<RuntimeCapture> capture_runtime(const std::string& python, const Model& model,
                                                     std::span<const Tensor> inputs, RuntimeMode mode);

}  // namespace nputwin
