#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/callbacks.h"
#include "base/result.h"

namespace nputwin {

/// Embeddings, one a row.
struct Embeddings {
  std::size_t rows = 0, width = 0;
  std::vector<double> values;
  bool codes = false;  ///< quantized values less their zero point: lengths are in steps

  [[nodiscard]] const double* row(std::size_t i) const { return values.data() + i * width; }
};

/// 1 - cosine of two vectors, 0 for equal ones. Neither is all zeros.
[[nodiscard]] double cosine_distance(const double* a, const double* b, std::size_t width);
[[nodiscard]] double euclidean_distance(const double* a, const double* b, std::size_t width);

/// Of a list of distances. Quantiles lie between two of the sorted distances, linearly: that of share p at (n - 1) p.
struct DistanceSummary {
  std::size_t count = 0;
  double mean = 0, least = 0, median = 0, p95 = 0, largest = 0;
  std::size_t largest_at = 0;  ///< the first of the largest, as an index
};
[[nodiscard]] DistanceSummary summary_of(const std::vector<double>& distances);

/// How well distances tell pairs of one identity (genuine) from pairs of two (impostors). A pair is accepted where its
/// distance is at most the threshold.
class Verification {
 public:
  Verification(std::vector<double> genuine, std::vector<double> impostors);

  [[nodiscard]] std::size_t genuine() const { return genuine_.size(); }
  [[nodiscard]] std::size_t impostors() const { return impostors_.size(); }
  /// The share of impostors that are accepted, of genuine pairs that are not.
  [[nodiscard]] double fmr(double threshold) const;
  [[nodiscard]] double fnmr(double threshold) const;

  /// Where FMR and FNMR are equal.
  struct EqualError {
    double rate = 0, threshold = 0;
  };
  /// Thresholds rise over the distances that occur, and before them stands one that accepts nothing (FMR 0, FNMR 1) at
  /// the least distance. At the first where FMR >= FNMR: if they are equal, that is the rate. Else both run straight
  /// from the threshold before, and the rate and its threshold lie where they cross. Nothing without genuine pairs or
  /// impostors.
  [[nodiscard]] std::optional<EqualError> equal_error() const;

 private:
  std::vector<double> genuine_, impostors_;  // sorted
};

/// One side enrols, another is tried: for each two rows i < j, enrolled row i and probe row j, of one identity where
/// their labels are equal.
struct Trial {
  std::string enrolled, probe;  ///< A or B
  std::size_t genuine = 0, impostors = 0;
  Verification::EqualError equal_error;
  double fmr = 0, fnmr = 0;  ///< at EmbeddingsDiff::threshold
};

/// How the embeddings of two sides differ.
struct EmbeddingsDiff {
  std::size_t rows = 0, width = 0;
  bool codes = false;
  bool same = false;                ///< every number is equal
  DistanceSummary cosine, euclid;   ///< of row i in A and row i in B
  DistanceSummary spread, lengths;  ///< cosine and Euclidean distances between different rows of A
  std::vector<Trial> trials;        ///< A A, A B, B A, B B; none without labels
  std::optional<double> threshold;  ///< as given, else that of A's equal error
  bool threshold_given = false;
};

/// `labels`: one for each row, or none. The error names a row that has no direction, for cosines need one; sides of
/// unequal shape; too many rows to compare each with each.
[[nodiscard]] Result<EmbeddingsDiff> diff_embeddings(const Embeddings& a, const Embeddings& b,
                                                     const std::vector<std::string>& labels,
                                                     std::optional<double> threshold, const Callbacks& callbacks = {});

}  // namespace nputwin
