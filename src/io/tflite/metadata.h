#pragma once

#include "model/model.h"
#include "schema/tflite_generated.h"

namespace nputwin {

/// What the file's metadata say of the main graph's outputs, by tensor. Nothing where it has none, and where they are
/// damaged: they describe a model, and no number rests on them.
[[nodiscard]] std::map<int, OutputMetadata> read_output_metadata(const schema::Model& file, const Graph& main);

}  // namespace nputwin
