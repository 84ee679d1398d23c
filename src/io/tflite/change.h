#pragma once

#include <map>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "model/model.h"

namespace nputwin {

/// What a tensor of the main graph has in place of what the file says. Empty: as it is.
struct TensorChange {
  std::vector<float> scale;         ///< as many as the file has
  std::vector<std::byte> constant;  ///< as ModelTensor::constant has them, as many bytes
};

/// A copy of a .tflite file that read_tflite has read as `model`, with those changes. Everything else stays, even parts
/// that this program does not know. Where other tensors share what is to change, the copy is written anew, which fails
/// where the schema here does not describe everything in the file.
[[nodiscard]] Result<std::vector<std::byte>> change_tensors(Bytes file, const Model& model,
                                                            const std::map<int, TensorChange>& changes);

/// Ops that stand in the place of others, with tensors of their own.
struct OpChange {
  /// Their numbers follow on those of the graph, in this order.
  struct Added {
    TensorSpec spec;
    std::vector<std::byte> constant;  ///< empty: an op makes it
  };
  std::vector<Added> tensors;
  std::size_t first_added = 0;                     ///< the number of the first: how many the graph has
  std::map<std::size_t, std::vector<Node>> nodes;  ///< in the place of a node of the main graph
};

/// A copy of the file with other ops. Metadata and signatures stay. Fails where the schema here does not describe
/// everything in the file.
[[nodiscard]] Result<std::vector<std::byte>> change_ops(Bytes file, const OpChange& change);

}  // namespace nputwin
