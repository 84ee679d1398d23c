#include "analysis/prove/sum_proof.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/prove/reachable.h"

namespace nputwin {
namespace {

/// The sums of elements that have the same start and weights.
struct Source {
  std::int64_t element = 0;
  Definition::Sum sum;
  ReachableSums reachable;
};

class SumComparison {
 public:
  SumComparison(const Definition& a, const Definition& b, std::int64_t element) : a_(a), b_(b), element_(element) {}

  SumProof run(const std::map<std::int64_t, std::int64_t>& by_sum, std::span<const Codes> inputs) {
    for (const auto& [number, element] : by_sum) {
      if (!add_source(element, inputs)) return std::move(proof_);
    }
    std::int64_t step = 0;
    for (const Source& s : sources_) step = std::gcd(step, s.reachable.step());
    drop_covered();
    lowest_ = sources_[0].reachable.lowest();
    highest_ = sources_[0].reachable.highest();
    for (const Source& s : sources_) {
      lowest_ = std::min(lowest_, s.reachable.lowest());
      highest_ = std::max(highest_, s.reachable.highest());
    }
    proof_.of_function = {element_, lowest_, highest_, step, ahead_, 0};
    function_a_ = a_.function(element_);
    function_b_ = [f = b_.function(element_), ahead = ahead_](std::int64_t sum, std::int64_t) {
      return f(sum + ahead, 0);
    };
    if (a_.rises(element_, lowest_, highest_) && b_.rises(element_, lowest_ + ahead_, highest_ + ahead_)) {
      compare_thresholds();
    } else {
      compare_each();
    }
    return std::move(proof_);
  }

 private:
  bool add_source(std::int64_t element, std::span<const Codes> inputs) {
    Definition::Sum sum = a_.sum(element), of_b = b_.sum(element);
    const std::int64_t ahead = of_b.start - sum.start;  // B's sum is A's and that
    of_b.start = sum.start;
    if (sum != of_b || (!sources_.empty() && ahead != ahead_)) {
      proof_.open = "the two sides add up other products";
      return false;
    }
    ahead_ = ahead;
    const Codes other = sum.other_input ? inputs[*sum.other_input] : Codes{};
    const ReachableSums reachable = ReachableSums::of(sum, inputs[sum.input].range, other.range);
    sources_.push_back({element, std::move(sum), reachable});
    return true;
  }

  /// Windows that reach into the padding mostly make some of the sums that others make.
  void drop_covered() {
    for (std::size_t i = 0; i < sources_.size();) {
      const bool covered = std::ranges::any_of(
          sources_, [&](const Source& s) { return &s != &sources_[i] && s.reachable.covers(sources_[i].reachable); });
      if (covered) {
        sources_.erase(sources_.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++i;
      }
    }
  }

  void compare_thresholds() {
    const auto code = [](double value) { return static_cast<std::int64_t>(value); };
    const std::int64_t least = std::min(code(function_a_(lowest_, 0)), code(function_b_(lowest_, 0)));
    const std::int64_t most = std::max(code(function_a_(highest_, 0)), code(function_b_(highest_, 0)));
    proof_.codes = {static_cast<std::int32_t>(least), static_cast<std::int32_t>(most)};
    const Thresholds a = thresholds_of(function_a_, a_.slope(element_), lowest_, highest_, least, most);
    const Thresholds b = thresholds_of(function_b_, b_.slope(element_), lowest_, highest_, least, most);
    const auto ranges = differing_ranges(a, b);
    count_all();
    if (ranges.empty()) return;
    take(ranges, places_of_change(a, b, ranges));
  }

  /// No threshold is known of a function that may fall: every sum is tried.
  void compare_each() {
    constexpr std::int64_t kMostSums = std::int64_t{1} << 26;
    if (highest_ - lowest_ >= kMostSums) {
      proof_.open =
          fmt::format("sums from {} to {} can overflow a register, and are too many to try each", lowest_, highest_);
      return;
    }
    std::vector<DifferingRange> ranges;
    std::vector<std::int64_t> places;
    double least = std::numeric_limits<double>::infinity(), most = -least, last_distance = 0;
    for (std::int64_t sum = lowest_; sum <= highest_; ++sum) {
      const double a = function_a_(sum, 0), b = function_b_(sum, 0);
      least = std::min({least, a, b});
      most = std::max({most, a, b});
      if (a != b && (ranges.empty() || ranges.back().last != sum - 1)) ranges.push_back({sum, sum});
      if (a != b) ranges.back().last = sum;
      if (a != b && (a - b != last_distance)) places.push_back(sum);
      last_distance = a - b;
    }
    proof_.codes = {static_cast<std::int32_t>(least), static_cast<std::int32_t>(most)};
    count_all();
    if (!ranges.empty()) take(ranges, places);
  }

  void count_all() {
    for (const Source& s : sources_) proof_.sums = std::max(proof_.sums, s.reachable.count());
  }

  /// Counts the sums of `ranges` that can be made. `places`, rising: where the distance may change.
  void take(const std::vector<DifferingRange>& ranges, const std::vector<std::int64_t>& places) {
    count(ranges);
    if (proof_.of_function.differing == 0) return;
    // From the middle outwards: a sum far from both ends is easily made.
    struct Candidate {
      std::int64_t sum;
      double distance;
      const Source* source;
    };
    std::vector<Candidate> candidates;
    const std::int64_t middle = lowest_ + (highest_ - lowest_) / 2;
    for (const DifferingRange& r : ranges) {
      const auto first = std::ranges::lower_bound(places, r.first), end = std::ranges::upper_bound(places, r.last);
      for (auto place = first; place != end; ++place) {
        for (const Source& s : sources_) {
          const std::int64_t sum = s.reachable.at_or_after(*place);
          if (sum > std::min(r.last, s.reachable.highest())) continue;
          candidates.push_back({sum, std::abs(function_a_(sum, 0) - function_b_(sum, 0)), &s});
        }
      }
    }
    std::ranges::sort(candidates, [&](const Candidate& x, const Candidate& y) {
      return x.distance != y.distance ? x.distance > y.distance : std::abs(x.sum - middle) < std::abs(y.sum - middle);
    });
    if (!candidates.empty()) proof_.bound = candidates[0].distance;
    constexpr std::size_t kMostTried = 64;
    for (std::size_t i = 0; i < std::min(candidates.size(), kMostTried); ++i) {
      const Candidate& c = candidates[i];
      if (!make_example(*c.source, c.sum)) continue;
      proof_.largest = c.distance;
      return;
    }
  }

  void count(const std::vector<DifferingRange>& ranges) {
    if (sources_.size() == 1 && sources_[0].reachable.complete()) {
      for (const DifferingRange& r : ranges) proof_.of_function.differing += sources_[0].reachable.count_in(r);
      return;
    }
    std::vector<std::optional<MadeAmounts>> made;
    std::int64_t places = 0;
    for (const DifferingRange& r : ranges) places += r.last - r.first + 1;
    constexpr std::int64_t kMostPlaces = std::int64_t{1} << 24;
    if (places <= kMostPlaces) {
      for (const Source& s : sources_) made.push_back(s.reachable.made());
    }
    if (made.empty() || std::ranges::any_of(made, [](const auto& m) { return !m; })) {
      proof_.at_most = true;
      for (const DifferingRange& r : ranges) {
        std::int64_t most = 0;
        for (const Source& s : sources_) most += s.reachable.count_in(r);
        proof_.of_function.differing += std::min(most, r.last - r.first + 1);
      }
      return;
    }
    const auto is_made = [&](std::int64_t sum) {
      for (std::size_t i = 0; i < sources_.size(); ++i) {
        const std::int64_t above = sum - sources_[i].reachable.lowest(), step = sources_[i].reachable.step();
        if (above >= 0 && above % step == 0 && made[i]->has(above / step)) return true;
      }
      return false;
    };
    for (const DifferingRange& r : ranges) {
      for (std::int64_t sum = r.first; sum <= r.last; ++sum) proof_.of_function.differing += is_made(sum) ? 1 : 0;
    }
  }

  bool make_example(const Source& source, std::int64_t sum) {
    const auto codes = source.reachable.codes_for(sum);
    if (!codes) return false;
    CounterExample example{source.element, sum, 0, function_a_(sum, 0), function_b_(sum, 0), {}};
    for (std::size_t i = 0; i < codes->codes.size(); ++i) {
      const auto& term = source.sum.terms[i];
      example.codes.push_back({{source.sum.input, term.element}, codes->codes[i]});
      if (source.sum.other_input) example.codes.push_back({{*source.sum.other_input, term.weight}, codes->other[i]});
    }
    proof_.example = std::move(example);
    return true;
  }

  const Definition &a_, &b_;
  std::int64_t element_;
  std::int64_t ahead_ = 0;
  std::int64_t lowest_ = 0, highest_ = 0;
  Definition::Function function_a_, function_b_;
  std::vector<Source> sources_;
  SumProof proof_;
};

}  // namespace

SumProof prove_sums(const Definition& a, const Definition& b, std::int64_t element,
                    const std::map<std::int64_t, std::int64_t>& by_sum, std::span<const Codes> inputs) {
  return SumComparison(a, b, element).run(by_sum, inputs);
}

}  // namespace nputwin
