#pragma once

#include <string>

#include "base/result.h"
#include "tensor/tensor_set.h"

namespace nputwin {

/// All arrays of a NumPy .npz file (a zip of .npy files, compressed or not).
[[nodiscard]] Result<TensorSet> read_npz(const std::string& path);

/// Writes an .npz that appears whole or not at all. Members are stored uncompressed and without times, so
/// that equal tensors make equal files.
[[nodiscard]] Status write_npz(const std::string& path, const TensorSet& tensors);

}  // namespace nputwin
