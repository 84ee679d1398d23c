#pragma once

#include <optional>
#include <string>

#include "analysis/evaluate/embeddings.h"

namespace nputwin::api {

/// Embeddings of two sides, without the model that made them.
struct EmbeddingsOptions {
  std::string a, b;    ///< .npy, or .npz of one array: [N,D], or [N,…] whose rows are read as one vector each
  std::string labels;  ///< a text with one a line, or an .npy of integers: who each row is; empty: nobody says
  std::optional<double> threshold;         ///< a cosine distance
  std::optional<std::int32_t> zero_point;  ///< of quantized values
};

/// Compares row i of A with row i of B, and where there are labels, tells how well each side's embeddings verify.
[[nodiscard]] Result<EmbeddingsDiff> diff_embeddings(const EmbeddingsOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api
