#include "analysis/compare/output_diff.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace nputwin {
namespace {

template <typename T, typename Add>
void add_each(std::vector<T>& to, const std::vector<T>& from, Add add) {
  to.resize(std::max(to.size(), from.size()));
  for (std::size_t i = 0; i < from.size(); ++i) add(to[i], from[i]);
}

void add_counts(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from) {
  add_each(to, from, [](std::int64_t& x, std::int64_t y) { x += y; });
}

std::int64_t sum_of(const std::vector<std::int64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

}  // namespace

Agreement no_agreement(OutputKind kind) {
  switch (kind) {
    case OutputKind::kClasses:
      return ClassAgreement{};
    case OutputKind::kBoxes:
      return DetectionAgreement{};
    case OutputKind::kEmbedding:
      return EmbeddingAgreement{};
    case OutputKind::kMask:
      return MaskAgreement{};
    case OutputKind::kValues:
      break;
  }
  return {};
}

void ClassAgreement::merge(const ClassAgreement& other) {
  rows += other.rows;
  top1 += other.top1;
  top5 += other.top5;
  has_top5 = has_top5 || other.has_top5;
}

void DetectionAgreement::merge(const DetectionAgreement& other) {
  a += other.a;
  b += other.b;
  matched += other.matched;
  least_overlap = std::min(least_overlap, other.least_overlap);
  has_scores = has_scores || other.has_scores;
}

double EmbeddingAgreement::mean() const { return vectors == 0 ? 0 : distances.value() / static_cast<double>(vectors); }

double EmbeddingAgreement::spread() const {
  if (vectors < 2) return 0;
  // |sum of directions|^2 is the sum of all cosines, of which n are those of vectors with themselves.
  const double squared = std::accumulate(directions.begin(), directions.end(), 0.0,
                                         [](double sum, const ExactSum& d) { return sum + d.value() * d.value(); });
  const auto n = static_cast<double>(vectors);
  return 1 - (squared - n) / (n * (n - 1));
}

void EmbeddingAgreement::merge(const EmbeddingAgreement& other) {
  vectors += other.vectors;
  undefined += other.undefined;
  distances.merge(other.distances);
  largest = std::max(largest, other.largest);
  add_each(directions, other.directions, [](ExactSum& x, const ExactSum& y) { x.merge(y); });
}

double MaskAgreement::mean_iou() const {
  double sum = 0;
  int occurring = 0;
  for (std::size_t c = 0; c < both.size(); ++c) {
    const std::int64_t either = a[c] + b[c] - both[c];
    if (either == 0) continue;
    sum += static_cast<double>(both[c]) / static_cast<double>(either);
    ++occurring;
  }
  return occurring == 0 ? 1 : sum / occurring;
}

std::int64_t MaskAgreement::pixels() const { return sum_of(a); }
std::int64_t MaskAgreement::same() const { return sum_of(both); }

void MaskAgreement::merge(const MaskAgreement& other) {
  add_counts(a, other.a);
  add_counts(b, other.b);
  add_counts(both, other.both);
}

void OutputDiff::merge(const OutputDiff& other) {
  std::visit(
      [&](auto& own) {
        using T = std::decay_t<decltype(own)>;
        if constexpr (!std::is_same_v<T, std::monostate>) own.merge(std::get<T>(other.agreement));
      },
      agreement);
}

}  // namespace nputwin
