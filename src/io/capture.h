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

/// The arrays of an .npz file that have the name of an op's output; others are left alone, none at all is an error. What
/// `nputwin run --all -o` writes, or whoever saves a device's tensors by name.
[[nodiscard]] Result<Capture> read_capture(const std::string& npz, const Model& model);

}  // namespace nputwin
