#include "analysis/evaluate/embeddings.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nputwin {
namespace {

constexpr std::size_t kMostRows = 5'000;  // 12.5 million pairs a trial

double dot(const double* a, const double* b, std::size_t width) { return std::inner_product(a, a + width, b, 0.0); }

/// The share p of sorted distances lies below it.
double quantile(const std::vector<double>& sorted, double p) {
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const double above = sorted[std::min(below + 1, sorted.size() - 1)];
  return sorted[below] + (at - static_cast<double>(below)) * (above - sorted[below]);
}

/// Calls f(i, j) for each two rows i < j.
template <typename F>
void each_two(std::size_t rows, F&& f) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = i + 1; j < rows; ++j) f(i, j);
  }
}

Status check(const Embeddings& side, const char* which) {
  for (std::size_t i = 0; i < side.rows; ++i) {
    const double length = dot(side.row(i), side.row(i), side.width);
    if (!std::isfinite(length)) return error("row {} of {} holds NaN, infinity or too large a number", i, which);
    if (length == 0) return error("row {} of {} is all zeros, so it has no direction to compare", i, which);
  }
  return {};
}

Status check(const Embeddings& a, const Embeddings& b, const std::vector<std::string>& labels) {
  if (a.rows != b.rows || a.width != b.width)
    return error("A has {} rows of {} numbers, B {} of {}; expected as many", a.rows, a.width, b.rows, b.width);
  if (a.rows == 0 || a.width == 0) return error("there are no embeddings: {} rows of {} numbers", a.rows, a.width);
  if (a.codes != b.codes) return error("one side holds quantized values and the other real numbers");
  if (a.rows > kMostRows)
    return error("there are {} rows, and each is compared with each: at most {}", a.rows, kMostRows);
  if (!labels.empty() && labels.size() != a.rows)
    return error("there are {} labels for {} rows", labels.size(), a.rows);
  NPUTWIN_RETURN_IF_ERROR(check(a, "A"));
  return check(b, "B");
}

Verification verification(const Embeddings& enrolled, const Embeddings& probe, const std::vector<std::string>& labels) {
  std::vector<double> genuine, impostors;
  each_two(enrolled.rows, [&](std::size_t i, std::size_t j) {
    (labels[i] == labels[j] ? genuine : impostors)
        .push_back(cosine_distance(enrolled.row(i), probe.row(j), enrolled.width));
  });
  return {std::move(genuine), std::move(impostors)};
}

}  // namespace

double cosine_distance(const double* a, const double* b, std::size_t width) {
  const double cosine = dot(a, b, width) / std::sqrt(dot(a, a, width) * dot(b, b, width));
  return std::clamp(1 - cosine, 0.0, 2.0);
}

double euclidean_distance(const double* a, const double* b, std::size_t width) {
  double sum = 0;
  for (std::size_t k = 0; k < width; ++k) sum += (b[k] - a[k]) * (b[k] - a[k]);
  return std::sqrt(sum);
}

DistanceSummary summary_of(const std::vector<double>& distances) {
  DistanceSummary summary;
  summary.count = distances.size();
  if (distances.empty()) return summary;
  std::vector<double> sorted = distances;
  std::ranges::sort(sorted);
  summary.mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(sorted.size());
  summary.least = sorted.front();
  summary.median = quantile(sorted, 0.5);
  summary.p95 = quantile(sorted, 0.95);
  summary.largest = sorted.back();
  summary.largest_at = static_cast<std::size_t>(std::ranges::max_element(distances) - distances.begin());
  return summary;
}

Verification::Verification(std::vector<double> genuine, std::vector<double> impostors)
    : genuine_(std::move(genuine)), impostors_(std::move(impostors)) {
  std::ranges::sort(genuine_);
  std::ranges::sort(impostors_);
}

double Verification::fmr(double threshold) const {
  const auto accepted = std::ranges::upper_bound(impostors_, threshold) - impostors_.begin();
  return static_cast<double>(accepted) / static_cast<double>(impostors_.size());
}

double Verification::fnmr(double threshold) const {
  const auto refused = genuine_.end() - std::ranges::upper_bound(genuine_, threshold);
  return static_cast<double>(refused) / static_cast<double>(genuine_.size());
}

std::optional<Verification::EqualError> Verification::equal_error() const {
  if (genuine_.empty() || impostors_.empty()) return std::nullopt;
  std::vector<double> thresholds;
  std::ranges::merge(genuine_, impostors_, std::back_inserter(thresholds));
  // FMR - FNMR rises with the threshold, and is 1 at the last one.
  const auto found = std::ranges::partition_point(thresholds, [&](double t) { return fmr(t) < fnmr(t); });
  const double after = *found, of_after = fmr(after);
  if (of_after == fnmr(after)) return EqualError{of_after, after};
  const bool is_first = found == thresholds.begin();
  const double before = is_first ? after : *(found - 1);
  const double fmr_before = is_first ? 0 : fmr(before), fnmr_before = is_first ? 1 : fnmr(before);
  const double gap_before = fnmr_before - fmr_before, gap_after = of_after - fnmr(after);
  const double share = gap_before / (gap_before + gap_after);
  return EqualError{fmr_before + share * (of_after - fmr_before), before + share * (after - before)};
}

Result<EmbeddingsDiff> diff_embeddings(const Embeddings& a, const Embeddings& b, const std::vector<std::string>& labels,
                                       std::optional<double> threshold, const Callbacks& callbacks) {
  NPUTWIN_RETURN_IF_ERROR(check(a, b, labels));
  EmbeddingsDiff diff;
  diff.rows = a.rows, diff.width = a.width, diff.codes = a.codes;
  diff.same = a.values == b.values;
  std::vector<double> cosines, lengths;
  for (std::size_t i = 0; i < a.rows; ++i) {
    cosines.push_back(cosine_distance(a.row(i), b.row(i), a.width));
    lengths.push_back(euclidean_distance(a.row(i), b.row(i), a.width));
  }
  diff.cosine = summary_of(cosines), diff.euclid = summary_of(lengths);
  cosines.clear(), lengths.clear();
  each_two(a.rows, [&](std::size_t i, std::size_t j) {
    cosines.push_back(cosine_distance(a.row(i), a.row(j), a.width));
    lengths.push_back(euclidean_distance(a.row(i), a.row(j), a.width));
  });
  diff.spread = summary_of(cosines), diff.lengths = summary_of(lengths);
  diff.threshold = threshold, diff.threshold_given = threshold.has_value();
  if (labels.empty()) return diff;
  for (const auto& [enrolled, of_enrolled] : {std::pair("A", &a), std::pair("B", &b)}) {
    for (const auto& [probe, of_probe] : {std::pair("A", &a), std::pair("B", &b)}) {
      const Verification tried = verification(*of_enrolled, *of_probe, labels);
      const auto equal_error = tried.equal_error();
      if (!equal_error)
        return error("the labels make {} pairs of one identity and {} of two; both are needed", tried.genuine(),
                     tried.impostors());
      if (!diff.threshold) diff.threshold = equal_error->threshold;
      diff.trials.push_back({enrolled, probe, tried.genuine(), tried.impostors(), *equal_error,
                             tried.fmr(*diff.threshold), tried.fnmr(*diff.threshold)});
      callbacks.at(diff.trials.size(), 4);
    }
  }
  return diff;
}

}  // namespace nputwin
