#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "model/model.h"

namespace nputwin {

/// The bytes of a .tflite file that read_tflite reads as the same model and that runtimes run. Constants begin at
/// multiples of 16 bytes, those that share memory share a buffer, and those of packed codes are packed again.
///
/// What a Model does not hold is not written: open dimensions (they are 1), minima and maxima, metadata and signatures.
/// Fails, naming subgraph, op and tensor, where
/// - a graph is not valid, or a constant is empty or not as long as its tensor says;
/// - an attribute is none of its op, or no value of its type;
/// - the file that the model was read from says more than a Model holds: an unsupported tensor, options that the schema
///   does not know, resource variables, which the reader has replaced. cut_file copies such files.
[[nodiscard]] Result<std::vector<std::byte>> write_tflite(const Model& model);

}  // namespace nputwin
