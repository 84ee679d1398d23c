#include "analysis/prove/parts_proof.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "analysis/prove/thresholds.h"

namespace nputwin {
namespace {

/// A code, and the number that A makes of it.
struct Part {
  std::int64_t number;
  std::int32_t code;
};
/// Rising numbers.
using Numbers = std::vector<Part>;
/// Codes by how far B's number is from A's.
using ByDistance = std::map<std::int64_t, Numbers>;

ByDistance by_distance(const std::function<std::int64_t(std::int64_t)>& a,
                       const std::function<std::int64_t(std::int64_t)>& b, std::span<const std::int32_t> codes) {
  ByDistance groups;
  for (const std::int32_t code : codes) groups[b(code) - a(code)].push_back({a(code), code});
  for (auto& [distance, numbers] : groups) std::ranges::sort(numbers, {}, &Part::number);
  return groups;
}

/// The pairs of numbers of two lists, joined by one operation.
class Pairs {
 public:
  Pairs(const Numbers& first, const Numbers& second, bool product)
      : first_(first), second_(second), product_(product) {}

  [[nodiscard]] std::pair<std::int64_t, std::int64_t> extent() const {
    const std::int64_t u0 = first_.front().number, u1 = first_.back().number;
    const std::int64_t v0 = second_.front().number, v1 = second_.back().number;
    return std::minmax({join(u0, v0), join(u0, v1), join(u1, v0), join(u1, v1)});
  }
  [[nodiscard]] std::int64_t count() const {
    return static_cast<std::int64_t>(first_.size()) * static_cast<std::int64_t>(second_.size());
  }
  /// Those ranges without the ends at which no pair lies: sums are a whole number of steps above the lowest.
  [[nodiscard]] std::vector<DifferingRange> on_lattice(const std::vector<DifferingRange>& ranges) const {
    const std::int64_t lowest = extent().first, step = product_ ? 1 : std::gcd(step_of(first_), step_of(second_));
    if (step <= 1) return ranges;
    std::vector<DifferingRange> on;
    for (const DifferingRange& r : ranges) {
      const std::int64_t first = lowest + (r.first - lowest + step - 1) / step * step;
      const std::int64_t last = lowest + (r.last - lowest) / step * step;
      if (first <= last) on.push_back({first, last});
    }
    return on;
  }
  [[nodiscard]] std::int64_t count_in(const DifferingRange& range) const {
    std::int64_t count = 0;
    for (const Part& u : first_) {
      const auto [begin, end] = second_in(u.number, range);
      count += end - begin;
    }
    return count;
  }
  struct Pair {
    std::int64_t number;  // joined
    std::int32_t first, second;
  };
  template <typename F>
  void for_each(F&& f) const {
    for (const Part& u : first_) {
      for (const Part& v : second_) f(pair_of(u, v));
    }
  }
  /// One whose number is in the range.
  [[nodiscard]] std::optional<Pair> find_in(const DifferingRange& range) const {
    for (const Part& u : first_) {
      const auto [begin, end] = second_in(u.number, range);
      if (begin != end) return pair_of(u, *begin);
    }
    return std::nullopt;
  }

 private:
  /// Divides the distance of any two numbers.
  static std::int64_t step_of(const Numbers& numbers) {
    std::int64_t step = 0;
    for (const Part& part : numbers) step = std::gcd(step, part.number - numbers.front().number);
    return step;
  }
  [[nodiscard]] std::int64_t join(std::int64_t u, std::int64_t v) const { return product_ ? u * v : u + v; }
  [[nodiscard]] Pair pair_of(const Part& u, const Part& v) const { return {join(u.number, v.number), u.code, v.code}; }

  /// Those of the second list that make a number in the range with `u`.
  [[nodiscard]] std::pair<Numbers::const_iterator, Numbers::const_iterator> second_in(
      std::int64_t u, const DifferingRange& range) const {
    if (product_ && u == 0) {
      const bool zero_is_in = range.first <= 0 && 0 <= range.last;
      return {zero_is_in ? second_.begin() : second_.end(), second_.end()};
    }
    const bool falls = product_ && u < 0;  // the larger number makes the smaller product
    const auto below = [&](const Part& v) {
      return falls ? join(u, v.number) > range.last : join(u, v.number) < range.first;
    };
    const auto not_above = [&](const Part& v) {
      return falls ? join(u, v.number) >= range.first : join(u, v.number) <= range.last;
    };
    const auto begin = std::partition_point(second_.begin(), second_.end(), below);
    return {begin, std::partition_point(begin, second_.end(), not_above)};
  }

  const Numbers &first_, &second_;
  bool product_;
};

class PartsComparison {
 public:
  PartsComparison(const Definition::Parts& a, const Definition::Parts& b, std::int64_t tried)
      : a_(a), b_(b), tried_(tried) {}

  PartsProof run(std::span<const std::int32_t> first, std::span<const std::int32_t> second) {
    if (a_.product != b_.product) return open("one side adds and the other multiplies");
    const ByDistance of_first = by_distance(a_.first, b_.first, first);
    const ByDistance of_second = by_distance(a_.second, b_.second, second);
    constexpr std::size_t kMostGroups = 64;
    if (of_first.size() * of_second.size() > kMostGroups ||
        (a_.product && (of_first.size() > 1 || of_second.size() > 1 || of_first.begin()->first != 0 ||
                        of_second.begin()->first != 0)))
      return open("the two sides scale the operands in too many ways that differ");
    for (const auto& [d, u] : of_first) {
      for (const auto& [e, v] : of_second) {
        if (!compare(Pairs(u, v, a_.product), d + e)) return std::move(proof_);
      }
    }
    if (proof_.at_most && !proof_.example) return open("pairs may differ, but none was found that does");
    return std::move(proof_);
  }

 private:
  PartsProof open(std::string why) {
    PartsProof proof;
    proof.open = std::move(why);
    return proof;
  }

  /// Pairs for which B's number is A's and `ahead`.
  bool compare(const Pairs& pairs, std::int64_t ahead) {
    const auto [lowest, highest] = pairs.extent();
    if (lowest < a_.lowest || highest > a_.highest || lowest + ahead < b_.lowest || highest + ahead > b_.highest) {
      proof_ = open("numbers can overflow a register, and the pairs are too many to try each");
      return false;
    }
    const Definition::Function in_a = [&](std::int64_t n, std::int64_t) { return a_.finish(n); };
    const Definition::Function in_b = [&, ahead](std::int64_t n, std::int64_t) { return b_.finish(n + ahead); };
    const auto code = [](double value) { return static_cast<std::int64_t>(value); };
    const std::int64_t least = std::min(code(in_a(lowest, 0)), code(in_b(lowest, 0)));
    const std::int64_t most = std::max(code(in_a(highest, 0)), code(in_b(highest, 0)));
    const CodeRange codes{static_cast<std::int32_t>(least), static_cast<std::int32_t>(most)};
    proof_.codes = any_ ? CodeRange{std::min(proof_.codes.lo, codes.lo), std::max(proof_.codes.hi, codes.hi)} : codes;
    any_ = true;
    if (pairs.count() <= tried_) {
      compare_each(pairs, ahead);
      return true;
    }
    const double slope =
        highest == lowest ? 0 : static_cast<double>(most - least) / static_cast<double>(highest - lowest);
    const Thresholds a = thresholds_of(in_a, slope, lowest, highest, least, most);
    const Thresholds b = thresholds_of(in_b, slope, lowest, highest, least, most);
    const std::vector<DifferingRange> ranges = pairs.on_lattice(differing_ranges(a, b));
    const std::int64_t differing = count(pairs, ranges);
    proof_.differing += differing;
    if (differing > 0) find_example(pairs, in_a, in_b, ranges, places_of_change(a, b, ranges));
    return true;
  }

  /// Where the sides scale an operand differently, that is mostly so for few of its codes.
  void compare_each(const Pairs& pairs, std::int64_t ahead) {
    pairs.for_each([&](const Pairs::Pair& pair) {
      const double a = a_.finish(pair.number), b = b_.finish(pair.number + ahead);
      if (a == b) return;
      ++proof_.differing;
      proof_.bound = std::max(proof_.bound, std::abs(a - b));
      take(pair, a, b);
    });
  }

  /// As the example, if no other differs as much.
  void take(const Pairs::Pair& pair, double a, double b) {
    const double distance = std::abs(a - b);
    if (distance <= proof_.largest) return;
    proof_.largest = distance;
    proof_.example = {pair.first, pair.second, a, b};
  }

  /// Where the ranges are many, those that lie near each other are taken as one.
  std::int64_t count(const Pairs& pairs, std::vector<DifferingRange> ranges) {
    constexpr std::size_t kMostRanges = 512;
    if (ranges.size() > kMostRanges) {
      proof_.at_most = true;
      std::vector<std::int64_t> gaps;
      for (std::size_t i = 1; i < ranges.size(); ++i) gaps.push_back(ranges[i].first - ranges[i - 1].last);
      std::ranges::nth_element(gaps, gaps.begin() + kMostRanges - 1, std::greater<>());
      const std::int64_t near = gaps[kMostRanges - 1];
      std::vector<DifferingRange> joined;
      for (const DifferingRange& r : ranges) {
        if (!joined.empty() && r.first - joined.back().last <= near) {
          joined.back().last = r.last;
        } else {
          joined.push_back(r);
        }
      }
      ranges = std::move(joined);
    }
    std::int64_t count = 0;
    counted_.reset();
    for (const DifferingRange& r : ranges) {
      const std::int64_t in_range = pairs.count_in(r);
      if (in_range > 0 && !counted_) counted_ = r;
      count += in_range;
    }
    return count;
  }

  /// `places`: where the distance may change.
  void find_example(const Pairs& pairs, const Definition::Function& in_a, const Definition::Function& in_b,
                    const std::vector<DifferingRange>& ranges, const std::vector<std::int64_t>& places) {
    struct Candidate {
      DifferingRange range;
      double distance;
    };
    std::vector<Candidate> candidates;
    for (const DifferingRange& r : ranges) {
      const auto begin = std::ranges::lower_bound(places, r.first), end = std::ranges::upper_bound(places, r.last);
      for (auto place = begin; place != end; ++place) {
        const std::int64_t last = std::next(place) == end ? r.last : *std::next(place) - 1;
        candidates.push_back({{*place, last}, std::abs(in_a(*place, 0) - in_b(*place, 0))});
      }
    }
    // From the middle outwards: most pairs make a number that is far from both ends.
    const auto [lowest, highest] = pairs.extent();
    const std::int64_t middle = lowest + (highest - lowest) / 2;
    std::ranges::stable_sort(candidates, [&](const Candidate& x, const Candidate& y) {
      return x.distance != y.distance ? x.distance > y.distance
                                      : std::abs(x.range.first - middle) < std::abs(y.range.first - middle);
    });
    proof_.bound = std::max(proof_.bound, candidates.front().distance);
    constexpr std::size_t kMostTried = 256;
    for (std::size_t i = 0; i < std::min(candidates.size(), kMostTried); ++i) {
      if (candidates[i].distance <= proof_.largest) return;
      const auto pair = pairs.find_in(candidates[i].range);
      if (pair) return take(*pair, in_a(pair->number, 0), in_b(pair->number, 0));
    }
    if (proof_.example || !counted_) return;
    // None that differs most was found: one that was counted, unless it lies between ranges that were taken as one.
    const auto pair = pairs.find_in(*counted_);
    take(*pair, in_a(pair->number, 0), in_b(pair->number, 0));
  }

  const Definition::Parts &a_, &b_;
  std::int64_t tried_;
  PartsProof proof_;
  std::optional<DifferingRange> counted_;  // one of those that were counted last, with pairs in it
  bool any_ = false;
};

}  // namespace

PartsProof prove_parts(const Definition::Parts& a, const Definition::Parts& b, std::span<const std::int32_t> first,
                       std::span<const std::int32_t> second, std::int64_t tried) {
  return PartsComparison(a, b, tried).run(first, second);
}

}  // namespace nputwin
