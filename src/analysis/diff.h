#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "graph/session.h"

namespace nputwin {

/// How the elements of one tensor differ between A and B; differences are B - A. Codes are compared in steps
/// of the code (LSB), float32 tensors as real numbers.
class DifferenceStats {
 public:
  /// Adds a tensor's elements. Both views have one type and size.
  void add(const TensorView& a, const TensorView& b);

  [[nodiscard]] std::int64_t elements() const { return elements_; }
  [[nodiscard]] std::int64_t mismatches() const { return mismatches_; }
  [[nodiscard]] double mismatch_rate() const {
    return elements_ == 0 ? 0 : static_cast<double>(mismatches_) / static_cast<double>(elements_);
  }
  /// Number of elements for each difference in LSB; for codes only.
  [[nodiscard]] const std::map<std::int64_t, std::int64_t>& histogram() const { return histogram_; }
  /// Largest |B - A|: in LSB for codes, in the values' unit for float32.
  [[nodiscard]] double largest() const { return largest_; }
  /// Mean of B - A, in the same unit.
  [[nodiscard]] double bias() const { return elements_ == 0 ? 0 : sum_ / static_cast<double>(elements_); }
  /// 10 log10(sum a^2 / sum (b - a)^2) of the real values in dB. Nothing where there is no difference, or no
  /// signal.
  [[nodiscard]] std::optional<double> sqnr_db() const;
  /// Cosine of the real values. Nothing where either side is all zeros.
  [[nodiscard]] std::optional<double> cosine() const;
  /// Flat index of the first element that differs.
  [[nodiscard]] std::optional<std::int64_t> first_mismatch() const { return first_; }

 private:
  template <typename T>
  void add_typed(const TensorView& a, const TensorView& b);

  std::int64_t elements_ = 0, mismatches_ = 0;
  std::map<std::int64_t, std::int64_t> histogram_;
  double largest_ = 0, sum_ = 0;
  double aa_ = 0, bb_ = 0, ab_ = 0, dd_ = 0;  // sums of squares and products of real values
  std::optional<std::int64_t> first_;
};

/// One output of one op.
struct LayerDiff {
  std::size_t node = 0;
  std::string op;
  int tensor = 0;
  std::string name;
  DType type = DType::kInt8;
  Shape shape;
  DifferenceStats isolated;     ///< B's op on A's inputs: what this layer does alone
  DifferenceStats accumulated;  ///< both sides end to end: what has come together up to here
};

struct DiffResult {
  std::string model, a, b;
  std::size_t samples = 0;
  std::vector<LayerDiff> layers;

  [[nodiscard]] bool differs() const;
  /// The first layer whose end-to-end outputs differ, and the one with the highest mismatch rate; null where
  /// none does.
  [[nodiscard]] const LayerDiff* first() const;
  [[nodiscard]] const LayerDiff* worst() const;
};

/// Runs two sessions of one model in lock step, sample by sample, and each of B's ops on A's inputs besides.
/// Holds the statistics and one op's outputs, however many samples come.
class Diff {
 public:
  /// Both sessions outlive the result.
  [[nodiscard]] static Result<Diff> between(Session& a, Session& b);

  /// One sample, from the variables' first values. `progress` is called with the number of ops done.
  [[nodiscard]] Status add(std::span<const Tensor> inputs,
                           const std::function<void(std::size_t)>& progress = {});

  [[nodiscard]] const DiffResult& result() const { return result_; }

 private:
  Diff(Session& a, Session& b) : a_(&a), b_(&b) {}

  Session* a_;
  Session* b_;
  std::unique_ptr<Blob> isolated_;  // room for the outputs of any one op
  DiffResult result_;
};

}  // namespace nputwin
