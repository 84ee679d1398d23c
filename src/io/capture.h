#pragma once

#include <map>
#include <string>

#include "graph/model.h"

namespace nputwin {

/// What another implementation computed for a model and its input.
struct Capture {
  std::string source;             ///< who computed it, for people: a runtime, a file
  bool partial = false;           ///< ops without a captured output are left out of comparisons
  std::map<int, Tensor> tensors;  ///< ops' outputs, by tensor index; values and shapes as they came
};

/// Whether `path` is something that read_capture reads: an .npz, a folder, or a .json that says it holds tensors.
[[nodiscard]] bool is_capture_file(const std::string& path);

/// Tensors that whoever ran the model saved, as a partial capture. What belongs to no op's output is left alone, none at all is
/// an error.
///
///   FILE.npz    arrays by tensor name, as `nputwin run --all -o` writes them
///   FILE.json   Polygraphy's --save-outputs: the first runner's first iteration, by tensor name
///   FOLDER      LiteRT's accuracy_debugger: op_0012_CONV_2D_out_0_NAME.raw, the bytes of output 0 of op 12
[[nodiscard]] Result<Capture> read_capture(const std::string& path, const Model& model);

}  // namespace nputwin
