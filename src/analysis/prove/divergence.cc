#include "analysis/prove/divergence.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <tuple>

#include "analysis/prove/element_kinds.h"
#include "analysis/prove/thresholds.h"

namespace nputwin {
namespace {

using Of = Definition::Of;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Spread kNowhere{kInfinity, -kInfinity};

/// The least and the largest value of a list from place i + lo to i + hi, for each i; the wrong way round where no such
/// place is in the list.
std::vector<Spread> window_extents(std::span<const double> values, std::int64_t lo, std::int64_t hi) {
  const auto size = static_cast<std::int64_t>(values.size());
  std::vector<Spread> extents(values.size(), kNowhere);
  std::deque<std::int64_t> falling, rising;  // places of the values that are the largest, the least, of what is to come
  const auto value = [&](std::int64_t i) { return values[static_cast<std::size_t>(i)]; };
  std::int64_t next = 0;
  for (std::int64_t i = 0; i < size; ++i) {
    for (; next <= std::min(i + hi, size - 1); ++next) {
      while (!falling.empty() && value(falling.back()) <= value(next)) falling.pop_back();
      while (!rising.empty() && value(rising.back()) >= value(next)) rising.pop_back();
      falling.push_back(next), rising.push_back(next);
    }
    while (!falling.empty() && falling.front() < i + lo) falling.pop_front();
    while (!rising.empty() && rising.front() < i + lo) rising.pop_front();
    if (!falling.empty()) extents[static_cast<std::size_t>(i)] = {value(rising.front()), value(falling.front())};
  }
  return extents;
}

/// Of B's values that are the i-th of `extents` and A's i-th.
Spread spread_of(std::span<const Spread> extents, std::span<const double> of_a) {
  Spread spread = kNowhere;
  for (std::size_t i = 0; i < of_a.size(); ++i) spread.include({extents[i].lo - of_a[i], extents[i].hi - of_a[i]});
  return spread;
}

Spread product(const Spread& x, const Spread& y) {
  const auto [lo, hi] = std::minmax({x.lo * y.lo, x.lo * y.hi, x.hi * y.lo, x.hi * y.hi});
  return {lo, hi};
}
Spread sum(const Spread& x, const Spread& y) { return {x.lo + y.lo, x.hi + y.hi}; }
std::int64_t whole(double x) { return static_cast<std::int64_t>(x); }

/// Where A's sum is from `lowest` to `highest`, B's is that and something in `sums`, in that range too.
Spread by_thresholds(const Thresholds& a, const Thresholds& b, std::int64_t lowest, std::int64_t highest,
                     const Spread& sums) {
  const auto code_of_b = [&](std::int64_t sum) {
    return std::ranges::upper_bound(b.first, sum) - b.first.begin();  // above the lowest code
  };
  Spread spread = kNowhere;
  for (std::size_t i = 0; i <= a.first.size(); ++i) {
    const std::int64_t begin = i == 0 ? lowest : a.first[i - 1], end = i == a.first.size() ? highest : a.first[i] - 1;
    const std::int64_t least = std::max(begin + whole(sums.lo), lowest), most = std::min(end + whole(sums.hi), highest);
    if (begin > end || least > highest || most < lowest) continue;
    const auto code = static_cast<double>(i);
    spread.include({static_cast<double>(code_of_b(least)) - code, static_cast<double>(code_of_b(most)) - code});
  }
  return spread;
}

class Propagation {
 public:
  Propagation(const OpOfTwo& op, const Definition& a, const Definition& b, std::span<const Divergence> inputs)
      : op_(op), a_(a), b_(b), inputs_(inputs.begin(), inputs.end()) {
    constexpr std::int64_t kMostPlaces = 16;  // pairs take long to go through
    for (Divergence& input : inputs_) {
      if (a_.of() == Of::kPair && input.places() > kMostPlaces) input = Divergence(input.hull());
    }
  }

  /// One for each place along the output's last axis.
  std::optional<Divergence> run() {
    const TensorSpec& spec = *op_.context_a.outputs[0].spec;
    if (a_.of() == Of::kSum) note_functions();
    const bool alike = std::ranges::all_of(inputs_, &Divergence::is_one);  // at all places along the inputs' last axes
    const bool in_rows = a_.row() > 1;
    const std::int64_t last_axis = spec.shape.empty() ? 1 : std::max(spec.shape.back(), 1);
    by_place_ = in_rows ? a_.row() % last_axis == 0 : !alike;
    const std::int64_t places = by_place_ ? last_axis : 1;
    std::vector<Spread> spreads(static_cast<std::size_t>(places), kNowhere);
    bool known = true;
    const auto add = [&](std::int64_t e) {
      const Spread* found = known ? spread_of_element(e, e % places) : nullptr;
      known = known && found != nullptr;
      if (known) spreads[static_cast<std::size_t>(e % places)].include(*found);
    };
    if (alike || in_rows) {
      for_each_kind(a_, b_, spec.elements(), add);
    } else {
      for (std::int64_t e = 0; known && e < spec.elements(); ++e) add(e);
    }
    if (!known) return std::nullopt;
    for (Spread& spread : spreads) {
      if (spread == kNowhere) spread = {};
    }
    return Divergence(std::move(spreads));
  }

 private:
  struct Key {
    std::int64_t function_a, function_b, sum, place;
    Spread first, second;
    [[nodiscard]] auto tied() const {
      return std::tie(function_a, function_b, sum, place, first.lo, first.hi, second.lo, second.hi);
    }
    bool operator<(const Key& other) const { return tied() < other.tied(); }
  };

  /// Null: too many values.
  const Spread* spread_of_element(std::int64_t e, std::int64_t place) {
    Key key{a_.function_number(e), b_.function_number(e), 0, 0, {}, {}};
    if (a_.of() == Of::kSum) {
      key.sum = a_.sum_number(e);
      key.place = place;
    } else {
      const auto places = a_.places(e);
      key.first = spread_at(places[0]);
      if (places.size() > 1) key.second = spread_at(places[1]);
    }
    const auto [at, is_new] = found_.try_emplace(key);
    if (is_new) at->second = compute(key, e);
    return at->second ? &*at->second : nullptr;
  }

  [[nodiscard]] const Spread& spread_at(const Definition::Place& place) const {
    return inputs_[place.input].at(place.element);
  }

  std::optional<Spread> compute(const Key& key, std::int64_t element) {
    switch (a_.of()) {
      case Of::kSum:
        return of_sum(key, element);
      case Of::kCode:
        return of_codes(key, element);
      case Of::kPair:
        break;
    }
    return of_pairs(key, element);
  }

  // Sums

  struct Sums {
    const ProvenSums* proven;
    Definition::Function in_a, in_b;
    std::optional<Thresholds> a, b;        // of functions that rise
    std::vector<double> each_a, each_b{};  // of others: the value of each sum
  };

  void note_functions() {
    for (const ProvenSums& p : op_.proof.channels)
      functions_[{a_.function_number(p.element), b_.function_number(p.element)}].proven = &p;
  }

  /// Nothing: too many sums to go through.
  Sums* function_of(const Key& key) {
    Sums& f = functions_.at({key.function_a, key.function_b});
    if (f.in_a) return f.a || !f.each_a.empty() ? &f : nullptr;
    const ProvenSums& p = *f.proven;
    f.in_a = a_.function(p.element);
    f.in_b = [in_b = b_.function(p.element), ahead = p.ahead](std::int64_t sum, std::int64_t) {
      return in_b(sum + ahead, 0);
    };
    if (a_.rises(p.element, p.lowest, p.highest) && b_.rises(p.element, p.lowest + p.ahead, p.highest + p.ahead)) {
      const std::int64_t least = whole(std::min(f.in_a(p.lowest, 0), f.in_b(p.lowest, 0)));
      const std::int64_t most = whole(std::max(f.in_a(p.highest, 0), f.in_b(p.highest, 0)));
      f.a = thresholds_of(f.in_a, a_.slope(p.element), p.lowest, p.highest, least, most);
      f.b = thresholds_of(f.in_b, b_.slope(p.element), p.lowest, p.highest, least, most);
      return &f;
    }
    constexpr std::int64_t kMostSums = std::int64_t{1} << 20;
    if (p.highest - p.lowest >= kMostSums) return nullptr;
    for (std::int64_t sum = p.lowest; sum <= p.highest; ++sum) {
      f.each_a.push_back(f.in_a(sum, 0));
      f.each_b.push_back(f.in_b(sum, 0));
    }
    return &f;
  }

  std::optional<Spread> of_sum(const Key& key, std::int64_t element) {
    const Sums* f = function_of(key);
    if (f == nullptr) return std::nullopt;
    const Spread sums = spread_of_sum(element);
    if (sums.none() && f->proven->differing == 0) return Spread{};
    if (f->a) return by_thresholds(*f->a, *f->b, f->proven->lowest, f->proven->highest, sums);
    return spread_of(window_extents(f->each_b, whole(sums.lo), whole(sums.hi)), f->each_a);
  }

  /// How far B's sum of one element can be from A's.
  [[nodiscard]] Spread spread_of_sum(std::int64_t element) const {
    const Definition::Sum terms = a_.sum(element);
    if (!terms.other_input) {
      if (const auto weighted = inputs_[terms.input].weighted(falling_weights(terms))) return *weighted;
    }
    const Reader codes = reader(terms.input), other = reader(terms.other_input.value_or(terms.input));
    Spread all;
    for (const Definition::Sum::Term& term : terms.terms) {
      const auto weight = static_cast<double>(term.weight);
      const Spread d = codes.spread(term.element);
      if (!terms.other_input) {
        all = sum(all, product(d, {weight, weight}));
        continue;
      }
      // (x + dx) (y + dy) - x y, x and y without their zero points
      const Spread e = other.spread(term.weight);
      const Spread x = values_of(terms.input, terms.zero), y = values_of(*terms.other_input, terms.other_zero);
      all = sum(all, sum(sum(product(x, e), product(y, d)), product(d, e)));
    }
    return all;
  }

  static std::array<std::vector<std::int64_t>, 2> falling_weights(const Definition::Sum& sum) {
    std::array<std::vector<std::int64_t>, 2> falling;
    for (const Definition::Sum::Term& term : sum.terms)
      falling[term.weight < 0 ? 1 : 0].push_back(std::abs(term.weight));
    for (auto& weights : falling) std::ranges::sort(weights, std::greater<>());
    return falling;
  }

  /// Spreads of one input's elements, by their place where all elements of a sum number have theirs in one.
  struct Reader {
    const Divergence& divergence;
    Spread hull;
    bool by_place;
    [[nodiscard]] Spread spread(std::int64_t element) const { return by_place ? divergence.at(element) : hull; }
  };
  [[nodiscard]] Reader reader(std::size_t input) const {
    const Divergence& divergence = inputs_[input];
    return {divergence, divergence.hull(), by_place_ && a_.stride() % divergence.places() == 0};
  }
  [[nodiscard]] Spread values_of(std::size_t input, std::int32_t zero) const {
    const CodeRange range = op_.codes[input].range;
    return {static_cast<double>(range.lo) - zero, static_cast<double>(range.hi) - zero};
  }

  // Codes and pairs

  [[nodiscard]] std::int64_t count(std::size_t input) const { return op_.codes[input].count(); }

  std::optional<Spread> of_codes(const Key& key, std::int64_t element) const {
    const std::size_t input = a_.places(element)[0].input;
    constexpr std::int64_t kMostCodes = 1 << 16;
    if (count(input) > kMostCodes) return std::nullopt;
    const auto in_a = a_.function(element), in_b = b_.function(element);
    std::vector<double> of_a, of_b;
    for (std::int64_t c = op_.codes[input].range.lo; c <= op_.codes[input].range.hi; ++c)
      of_a.push_back(in_a(c, 0)), of_b.push_back(in_b(c, 0));
    return spread_of(window_extents(of_b, whole(key.first.lo), whole(key.first.hi)), of_a);
  }

  std::optional<Spread> of_pairs(const Key& key, std::int64_t element) const {
    const auto places = a_.places(element);
    constexpr std::int64_t kMostPairs = 1 << 16;
    const std::int64_t rows = count(places[0].input), columns = count(places[1].input);
    if (rows * columns > kMostPairs) return std::nullopt;
    const auto in_a = a_.function(element), in_b = b_.function(element);
    const CodeRange first = op_.codes[places[0].input].range, second = op_.codes[places[1].input].range;
    std::vector<double> of_a;                                                    // row by row
    std::vector<std::vector<double>> least(size(columns)), most(size(columns));  // of B's over each row's window
    for (std::int64_t x = first.lo; x <= first.hi; ++x) {
      std::vector<double> row;
      for (std::int64_t y = second.lo; y <= second.hi; ++y) row.push_back(in_b(x, y)), of_a.push_back(in_a(x, y));
      const auto extents = window_extents(row, whole(key.second.lo), whole(key.second.hi));
      for (std::size_t y = 0; y < extents.size(); ++y)
        least[y].push_back(extents[y].lo), most[y].push_back(extents[y].hi);
    }
    Spread spread = kNowhere;
    for (std::size_t y = 0; y < size(columns); ++y) {
      const auto low = window_extents(least[y], whole(key.first.lo), whole(key.first.hi));
      const auto high = window_extents(most[y], whole(key.first.lo), whole(key.first.hi));
      for (std::size_t x = 0; x < size(rows); ++x) {
        const double a = of_a[x * size(columns) + y];
        if (low[x].lo <= high[x].hi) spread.include({low[x].lo - a, high[x].hi - a});
      }
    }
    return spread;
  }
  static std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

  const OpOfTwo& op_;
  const Definition &a_, &b_;
  std::vector<Divergence> inputs_;
  bool by_place_ = false;  // the output's places along its last axis are told apart
  std::map<Key, std::optional<Spread>> found_;
  std::map<std::pair<std::int64_t, std::int64_t>, Sums> functions_;
};

}  // namespace

Divergence::Divergence(std::vector<Spread> places) : places_(std::move(places)), hull_(places_[0]) {
  for (const Spread& spread : places_) hull_.include(spread);
}

Divergence::Divergence(const std::map<std::int64_t, std::int64_t>& most) : counted_(true) {
  for (const auto& [difference, elements] : most) {
    const auto d = static_cast<double>(difference);
    hull_.include({d, d});
    if (difference < 0) negative_.push_back({-d, elements});
    if (difference > 0) positive_.insert(positive_.begin(), {d, elements});
  }
  places_ = {hull_};
}

std::optional<Spread> Divergence::weighted(const std::array<std::vector<std::int64_t>, 2>& falling) const {
  if (!counted_) return std::nullopt;
  // A sum of products is largest where the largest factors meet.
  const auto most = [](const std::vector<std::int64_t>& weights, const std::vector<Count>& counts) {
    double sum = 0;
    std::size_t next = 0;
    for (const Count& count : counts) {
      for (std::int64_t i = 0; i < count.elements && next < weights.size(); ++i)
        sum += count.difference * static_cast<double>(weights[next++]);
    }
    return sum;
  };
  return Spread{-most(falling[0], negative_) - most(falling[1], positive_),
                most(falling[0], positive_) + most(falling[1], negative_)};
}

void Divergence::limit(double most) {
  const auto limited = [most](const Spread& spread) {
    return Spread{std::max(spread.lo, -most), std::min(spread.hi, most)};
  };
  for (Spread& spread : places_) spread = limited(spread);
  hull_ = limited(hull_);
}

std::optional<Divergence> divergence_of(const OpOfTwo& op, std::span<const Divergence> inputs) {
  if (!is_by_values(op.proof.by)) return std::nullopt;
  const auto a = op.a.definition(op.context_a), b = op.b.definition(op.context_b);
  return Propagation(op, *a, *b, inputs).run();
}

}  // namespace nputwin
