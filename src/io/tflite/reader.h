#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "model/model.h"

namespace nputwin {

/// Reads a .tflite file: flatbuffer verification, then every index, shape, size, offset, quantization and
/// buffer, before anything is allocated from them. Needs memory for the file and little beside it. Errors
/// name file, subgraph, op and tensor.
[[nodiscard]] Result<std::shared_ptr<const Model>> read_tflite(const std::string& path);

/// The same from memory; `name` stands for the path in messages.
[[nodiscard]] Result<std::shared_ptr<const Model>> parse_tflite(std::shared_ptr<const Blob> bytes,
                                                                const std::string& name);

}  // namespace nputwin
