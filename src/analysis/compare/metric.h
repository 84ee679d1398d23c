#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/compare/difference_stats.h"
#include "analysis/compare/output_diff.h"
#include "base/enum_names.h"

namespace nputwin {

/// A figure of a comparison that can be bounded.
enum class Metric : std::uint8_t {
  kMismatch,  ///< the share of elements that differ
  kLargest,   ///< the largest difference
  kBias,      ///< the size of the mean difference
  kStd,
  kMae,
  kMse,
  kRmse,
  kSqnr,  ///< in dB
  kPsnr,  ///< in dB; of codes alone
  kCosine,
  kTop1,  ///< the share of rows of scores whose first class is the same
  kTop5,  ///< likewise the first five
};
template <>
inline constexpr std::array<std::string_view, 12> kEnumNames<Metric> = {
    "mismatch", "largest", "bias", "std", "mae", "mse", "rmse", "sqnr", "psnr", "cosine", "top1", "top5"};

/// What values a figure can have.
struct MetricRange {
  double least, most;
  bool is_share;    ///< which can be written in percent
  bool is_of_rows;  ///< of scores of classes: only a model's output has it
};
[[nodiscard]] MetricRange range_of(Metric metric);

/// Nothing where there is no such figure: nothing was compared, or it is of another kind of values. NaN where the sides
/// differ and the figure is undefined: a cosine with zeros, whatever a NaN is in. Equal values have a cosine of 1 and
/// an infinite SQNR and PSNR.
[[nodiscard]] std::optional<double> figure_of(Metric metric, const DifferenceStats& stats);
[[nodiscard]] std::optional<double> figure_of(Metric metric, const ClassAgreement& rows);

/// "53.4375 %", "28.1 dB", "3", "undefined".
[[nodiscard]] std::string figure_text(Metric metric, double value);

}  // namespace nputwin
