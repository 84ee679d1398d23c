#pragma once

#include <memory>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "model/model.h"

namespace nputwin {

/// A .tflite file by its path, or in memory, with a name in the path's place.
struct ModelFile {
  std::string path;
  std::shared_ptr<const Blob> bytes = {};  ///< null: the file has them

  ModelFile() = default;
  ModelFile(std::string of_path) : path(std::move(of_path)) {}  // NOLINT(google-explicit-constructor): as it is given
  ModelFile(const char* of_path) : path(of_path) {}             // NOLINT(google-explicit-constructor)

  [[nodiscard]] Result<std::shared_ptr<const Blob>> read() const {
    return bytes ? Result<std::shared_ptr<const Blob>>(bytes) : read_file(path);
  }
  /// The same, the file being mapped.
  [[nodiscard]] Result<std::shared_ptr<const Blob>> map() const {
    return bytes ? Result<std::shared_ptr<const Blob>>(bytes) : map_file(path);
  }
};

/// Reads a .tflite file: flatbuffer verification, then every index, shape, size, offset, quantization and
/// buffer, before anything is allocated from them. The file is mapped (map_file), and little memory needed beside it.
/// Errors name file, subgraph, op and tensor.
[[nodiscard]] Result<std::shared_ptr<const Model>> read_tflite(const ModelFile& file);

/// The same from memory; `name` stands for the path in messages.
[[nodiscard]] Result<std::shared_ptr<const Model>> parse_tflite(std::shared_ptr<const Blob> bytes,
                                                                const std::string& name);

}  // namespace nputwin
