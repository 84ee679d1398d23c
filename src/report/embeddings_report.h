#pragma once

#include <string>

#include "analysis/evaluate/embeddings.h"

namespace nputwin::report {

/// `a` and `b`: what the sides are called.
[[nodiscard]] std::string embeddings_text(const EmbeddingsDiff& diff, const std::string& a, const std::string& b);

/// {"a", "b", "rows", "width", "same", "unit": "value" or "step",
///  "pairs": {"cosine": summary, "euclidean": summary}, "spread": likewise,
///  "threshold", "threshold_given",
///  "trials": [{"enrolled", "probe", "genuine", "impostors", "eer", "eer_threshold", "fmr", "fnmr"}]},
/// where a summary is {"count", "mean", "least", "median", "p95", "largest"}, and of pairs has "largest_row".
[[nodiscard]] std::string embeddings_json(const EmbeddingsDiff& diff, const std::string& a, const std::string& b);

}  // namespace nputwin::report
