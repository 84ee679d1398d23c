#pragma once

#include <string>

#include "analysis/harden/layer.h"
#include "base/callbacks.h"

namespace nputwin::api {

/// The numbers of which a model's weights were made: from an .npz, by the names of its tensors; from a float .tflite by
/// these, and else layer by layer, where both have the same ops in the same order and the shapes are equal. Weights of
/// which it has none are told to the callbacks. An error where it has none of any.
[[nodiscard]] Result<FloatWeights> read_float_weights(const std::string& path, const Model& model,
                                                      const Callbacks& callbacks);

}  // namespace nputwin::api
