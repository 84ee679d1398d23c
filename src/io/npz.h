#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "io/array.h"
#include "tensor/tensor_set.h"

namespace nputwin {

/// All arrays of a NumPy .npz file (a zip of .npy files, compressed or not).
[[nodiscard]] Result<TensorSet> read_npz(const std::string& path);
/// The same of a file's bytes, of whatever numbers, in the file's order.
[[nodiscard]] Result<std::vector<std::pair<std::string, Array>>> parse_npz_arrays(Bytes bytes, const std::string& path);
/// Whether the bytes begin as a zip file does.
[[nodiscard]] bool is_zip(Bytes bytes);

/// Writes an .npz that appears whole or not at all, in the order of the set. Members are stored uncompressed and
/// without times, so that equal tensors make equal files.
[[nodiscard]] Status write_npz(const std::string& path, const TensorSet& tensors);

}  // namespace nputwin
