#include "analysis/compare/metric.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace nputwin {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

/// A ratio in dB: without a difference it is infinite.
double decibels(const DifferenceStats& stats, const std::optional<double>& value) {
  return stats.mismatches() == 0 ? kInfinity : value.value_or(kUndefined);
}

double share(std::int64_t part, std::int64_t all) { return static_cast<double>(part) / static_cast<double>(all); }

}  // namespace

MetricRange range_of(Metric metric) {
  switch (metric) {
    case Metric::kMismatch:
      return {0, 1, true, false};
    case Metric::kTop1:
    case Metric::kTop5:
      return {0, 1, true, true};
    case Metric::kCosine:
      return {-1, 1, false, false};
    case Metric::kSqnr:
    case Metric::kPsnr:
      return {-kInfinity, kInfinity, false, false};
    default:
      return {0, kInfinity, false, false};
  }
}

std::optional<double> figure_of(Metric metric, const DifferenceStats& stats) {
  if (stats.elements() == 0) return std::nullopt;
  switch (metric) {
    case Metric::kMismatch:
      return stats.mismatch_rate();
    case Metric::kLargest:  // of a number and NaN there is no largest difference
      return std::isnan(stats.mean_absolute()) ? kUndefined : stats.largest();
    case Metric::kBias:
      return std::abs(stats.bias());
    case Metric::kStd:
      return stats.deviation();
    case Metric::kMae:
      return stats.mean_absolute();
    case Metric::kMse:
      return stats.rms() * stats.rms();
    case Metric::kRmse:
      return stats.rms();
    case Metric::kSqnr:
      return decibels(stats, stats.sqnr_db());
    case Metric::kPsnr:  // only codes are counted by their difference
      return stats.histogram().empty() ? std::nullopt : std::optional(decibels(stats, stats.psnr_db()));
    case Metric::kCosine:
      return stats.mismatches() == 0 ? 1 : stats.cosine().value_or(kUndefined);
    case Metric::kTop1:
    case Metric::kTop5:
      break;
  }
  return std::nullopt;
}

std::optional<double> figure_of(Metric metric, const ClassAgreement& rows) {
  if (rows.rows == 0) return std::nullopt;
  if (metric == Metric::kTop1) return share(rows.top1, rows.rows);
  if (metric == Metric::kTop5 && rows.has_top5) return share(rows.top5, rows.rows);
  return std::nullopt;
}

std::string figure_text(Metric metric, double value) {
  if (std::isnan(value)) return "undefined";
  if (range_of(metric).is_share) return fmt::format("{:.6g} %", 100 * value);
  if (metric == Metric::kSqnr || metric == Metric::kPsnr) return fmt::format("{:.6g} dB", value);
  return fmt::format("{:.9g}", value);
}

}  // namespace nputwin
