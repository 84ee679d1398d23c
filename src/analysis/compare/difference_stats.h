#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/exact_sum.h"
#include "kernels/isa.h"
#include "tensor/tensor.h"

namespace nputwin {

/// How the elements of one tensor differ between A and B; differences are B - A. Codes are compared in steps
/// of the code (LSB), float32 tensors as real numbers.
///
/// Statistics of parts of the samples merge to those of the whole, in any order and to the last bit: counts are
/// integers; sums of real numbers are doubles within one tensor, added in the order of its elements, and exact beyond
/// that.
class DifferenceStats {
 public:
  /// Adds the elements that a tensor has in one sample. All views have one type and size. No figure depends on `isa`.
  void add(const TensorView& a, const TensorView& b, std::size_t sample, const Isa& isa = available_isas().front());
  /// Adds what another has of the same tensor in other samples.
  void merge(const DifferenceStats& other);

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
  [[nodiscard]] double bias() const { return per_element(sum_.value()); }
  /// Standard deviation, mean absolute value and root of the mean square of B - A, in the same unit.
  [[nodiscard]] double deviation() const;
  [[nodiscard]] double mean_absolute() const { return per_element(absolute_.value()); }
  [[nodiscard]] double rms() const;
  /// 10 log10(sum a^2 / sum (b - a)^2) of the real values in dB. Nothing where there is no difference, or no
  /// signal.
  [[nodiscard]] std::optional<double> sqnr_db() const;
  /// 20 log10(width of the type's range / rms) in dB; for codes only. Nothing where there is no difference.
  [[nodiscard]] std::optional<double> psnr_db() const;
  /// Cosine of the real values. Nothing where either side is all zeros.
  [[nodiscard]] std::optional<double> cosine() const;
  /// Share of A's elements at either end of the code's range; 0 for numbers.
  [[nodiscard]] double saturated() const { return per_element(static_cast<double>(saturated_)); }
  /// The least and the largest value of a side, infinities the wrong way round before anything was added; NaN counts
  /// for nothing, but nans() counts the places where either side is NaN.
  struct Extent {
    double least = std::numeric_limits<double>::infinity(), most = -least;
    void add(double x) {
      least = std::min(least, x);
      most = std::max(most, x);
    }
    void merge(const Extent& other) {
      least = std::min(least, other.least);
      most = std::max(most, other.most);
    }
  };
  [[nodiscard]] const Extent& extent_a() const { return a_; }
  [[nodiscard]] const Extent& extent_b() const { return b_; }
  [[nodiscard]] std::int64_t nans() const { return nans_; }
  /// How much an equality says: 0 where all of A's elements are one value, else the share that is not saturated. Rules
  /// that differ agree on constant and saturated outputs.
  [[nodiscard]] double trust() const { return elements_ == 0 || a_.least == a_.most ? 0 : 1 - saturated(); }
  /// Of codes that all differ by one number, a rounding step more or less: that number, the nearest to zero where codes
  /// have wrapped. It is what another zero point does, or int8 codes read as uint8. Nothing for constant tensors, for
  /// less than four elements, and where that number itself is not the difference of three in four.
  [[nodiscard]] std::optional<std::int64_t> shift() const;
  /// Mismatches for each index of the last dimension; empty for tensors without a dimension.
  [[nodiscard]] const std::vector<std::int64_t>& channels() const { return channels_; }
  /// Of tensors of four dimensions [N,H,W,C]: mismatches for each of the H*W places; empty for others.
  [[nodiscard]] const std::vector<std::int64_t>& places() const { return places_; }
  /// Of tensors of four dimensions: the first and last rows and columns, where windows meet the padding.
  struct Border {
    std::int64_t elements = 0, mismatches = 0;
  };
  [[nodiscard]] const Border& border() const { return border_; }
  /// The first element that differs, as a flat index over all samples.
  [[nodiscard]] std::optional<std::int64_t> first_mismatch() const { return first_; }

  /// Calls f(name, field) for everything that is kept, so that it can be written and read again.
  template <typename Self, typename F>
  static void each_field(Self& self, F&& f) {
    f("elements", self.elements_);
    f("mismatches", self.mismatches_);
    f("histogram", self.histogram_);
    f("largest", self.largest_);
    f("sum", self.sum_);
    f("absolute", self.absolute_);
    f("squares", self.squares_);
    f("extent_a", self.a_);
    f("extent_b", self.b_);
    f("nans", self.nans_);
    f("saturated", self.saturated_);
    f("width", self.width_);
    f("channels", self.channels_);
    f("places", self.places_);
    f("border", self.border_);
    f("aa", self.aa_);
    f("bb", self.bb_);
    f("ab", self.ab_);
    f("dd", self.dd_);
    f("first", self.first_);
  }

 private:
  /// A NaN without the sign that a processor gives it, which is printed.
  static double plain(double value) { return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value; }
  [[nodiscard]] double per_element(double sum) const {
    return elements_ == 0 ? 0 : plain(sum / static_cast<double>(elements_));
  }
  class Places;
  /// What one tensor adds to the exact sums.
  struct Sums {
    double differences = 0, absolute = 0, squares = 0;  // of B - A
    double aa = 0, bb = 0, ab = 0, dd = 0;              // squares and products of real values
  };
  /// The tensor at hand.
  struct Adding {
    const Places& places;
    std::int64_t first_element;  // the flat index of its first element over all samples
    Sums sums;
    bool differs;  // in an element before
  };
  template <typename T>
  void add_typed(const TensorView& a, const TensorView& b, std::size_t sample, const Isa& isa);
  void add_bytes(const TensorView& a, const TensorView& b, double scale, std::int32_t zero, CodeRange range,
                 const Isa& isa, Adding& adding);
  template <typename T>
  void add_numbers(std::span<const T> a, std::span<const T> b, double scale, double zero, CodeRange range,
                   Adding& adding);
  /// `count` elements that differ by `difference`; add_place tells of each where it lies in the tensor at hand.
  void add_mismatches(double difference, std::int64_t count, Sums& sums);
  void add_place(std::size_t i, Adding& adding);
  void add_sums(const Sums& sums);
  void see_first(std::optional<std::int64_t> element);

  std::int64_t elements_ = 0, mismatches_ = 0;
  std::map<std::int64_t, std::int64_t> histogram_;
  double largest_ = 0;
  ExactSum sum_, absolute_, squares_;  // of B - A
  Extent a_, b_;
  std::int64_t nans_ = 0;
  std::int64_t saturated_ = 0;
  double width_ = 0;  // of the code's range; 0: numbers
  std::vector<std::int64_t> channels_;
  std::vector<std::int64_t> places_;
  Border border_;
  ExactSum aa_, bb_, ab_, dd_;  // squares and products of real values
  std::optional<std::int64_t> first_;
};

}  // namespace nputwin
