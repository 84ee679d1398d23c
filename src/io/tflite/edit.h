#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "model/cut.h"

namespace nputwin {

/// A copy of a .tflite file that read_tflite accepts, whose main graph has `outputs` (tensor indices) instead of its
/// own. Everything else stays as it is, even parts that this program does not know. Only signatures are dropped: they
/// would name the old outputs.
[[nodiscard]] Result<std::vector<std::byte>> expose_outputs(Bytes file, std::span<const std::int32_t> outputs);

/// A copy of the file whose main graph is the cut. Tensors keep their indices and names. Constants that no kept op
/// reads are dropped if the schema here describes everything else in the file. If it does not (sparse tensors, ops of
/// other dialects, buffers behind the flatbuffer), every byte stays and the file keeps its size.
[[nodiscard]] Result<std::vector<std::byte>> cut_file(Bytes file, const Cut& cut);

}  // namespace nputwin
