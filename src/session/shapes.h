#pragma once

#include <span>
#include <vector>

#include "model/model.h"
#include "session/session_options.h"

namespace nputwin {

/// The specs of all tensors of the main graph with the shapes that follow from its inputs', which are the file's where
/// `options.input_shapes` name no other. No profile is asked: a shape that rests on values is known where these are
/// integers that the model computes of constants and shapes, which every profile computes alike. Fails where an op is
/// not supported, where it refuses its inputs, and where a shape rests on values that a profile decides.
[[nodiscard]] Result<std::vector<TensorSpec>> shapes_of(const Model& model, const SessionOptions& options = {});

/// Those of the graph's inputs, out of all tensors'.
[[nodiscard]] std::vector<TensorSpec> inputs_of(const Graph& graph, std::span<const TensorSpec> specs);

}  // namespace nputwin
