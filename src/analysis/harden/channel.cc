#include "analysis/harden/channel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/harden/multipliers.h"

namespace nputwin {
namespace {

using Weights = std::vector<std::int32_t>;

constexpr double kLittleGain = 1e-3;

std::int32_t code_in(CodeRange room, double code) {
  return static_cast<std::int32_t>(std::clamp(code, static_cast<double>(room.lo), static_cast<double>(room.hi)));
}

class Channel {
 public:
  explicit Channel(const ChannelTask& task) : task_(task), rules_(task.rules->by_channel[task.channel]) {
    bias_number_ = static_cast<double>(task.bias) * double{task.input_scale_before} * double{task.scales.weight};
    needs_two_roundings_ = MultiplierNeeds::of(rules_).two_roundings;
    target_ = double{task.scales.in} * double{task.scales.weight} / double{task.scales.out} / task.input_gain;
  }

  ChannelResult run() {
    if (!(target_ > 0) || !std::isfinite(target_)) return on_scale(task_.scales.weight, task_.weights);
    const auto before = as_it_was();
    const bool is_good = before && std::abs(before->gain / before->passed - 1) <= kLittleGain;
    if (is_good && before->open == 0) return *before;
    const auto needs = MultiplierNeeds::of(rules_);
    const bool only_even = needs_even_weights();
    if (const auto scale = only_even ? std::nullopt : search(task_.weights, target_, task_.passes_gain)) {
      ChannelResult found = finish(*scale, task_.weights, ChannelWay::kScale);
      // Rules that are not required move nothing unless that settles them all.
      if (is_good && found.open > 0) return *before;
      if (found.way != ChannelWay::kLeft) return found;
    }
    if (is_good) return *before;
    auto rounded = only_even ? std::nullopt : re_rounded(coarser_factors(needs)), even = even_weights(needs);
    if (rounded && even) return cost(*rounded) <= cost(*even) ? *rounded : *even;
    if (!rounded && !even && !only_even) rounded = re_rounded(coarsest_factors(needs));
    if (rounded || even) return rounded ? *rounded : *even;
    if (before) return *before;
    const double scale = double{task_.scales.weight} / task_.input_gain;
    ChannelResult left = on_scale(static_cast<float>(scale), task_.weights);
    left.way = ChannelWay::kLeft;
    return left;
  }

  /// Codes that follow, and the bias, on a scale that is given.
  ChannelResult finish(float scale, const Weights& weights, ChannelWay way) const {
    ChannelResult result = on_scale(scale, weights, way == ChannelWay::kScale && task_.passes_gain);
    result.way = way;
    if (way == ChannelWay::kScale) {
      const Weights followed = follow(result);
      if (followed != weights) {
        ChannelResult other = on_scale(scale, followed);
        other.way = ChannelWay::kCodesFollow;
        if (agrees(other)) result = std::move(other);
      }
    }
    if (!agrees(result)) {  // a corrected bias may have moved a sum that differs into reach
      result.bias = plain_bias(scale, result.passed);
      if (!agrees(result)) result.way = ChannelWay::kLeft;
    }
    return result;
  }

  ChannelResult with_even_weights(float scale, std::int64_t n) const {
    const double gain = gain_on(scale);
    Weights even(task_.weights.size());
    const CodeRange room = room_for(2);
    for (std::size_t i = 0; i < even.size(); ++i) {
      const double half = std::nearbyint(exact_weight(i) / gain / 2);
      even[i] = code_in(room, 2 * half);
    }
    ChannelResult plain = with_parity(scale, even, n);
    if (plain.way == ChannelWay::kLeft || task_.curvature == nullptr) return plain;
    ChannelResult better = with_parity(scale, cancelling(even, gain, 2), n);
    return better.way == ChannelWay::kLeft ? plain : better;
  }

  /// A tie is a multiple of n/2: sums of the other parity never meet it.
  ChannelResult with_parity(float scale, const Weights& even, std::int64_t n) const {
    ChannelResult result = on_scale(scale, even);
    result.way = ChannelWay::kEvenWeights;
    const std::int64_t parity = n / 2 % 2 == 0 ? 1 : 0;
    for (const std::int64_t bias : {result.bias, plain_bias(scale, 1)}) {
      result.bias = bias + ((bias - parity) % 2 == 0 ? 0 : 1);
      if (agrees(result)) return result;
    }
    result.way = ChannelWay::kLeft;
    return result;
  }

  /// What a sum loses by the codes that it has.
  [[nodiscard]] double cost(const ChannelResult& result) const {
    return cost(result.weights, result.gain / result.passed);
  }

  bool agrees(ChannelResult& result) const {
    const auto open = disagreement(result.scale, task_.rules->products(result.weights, task_.input).moved(result.bias));
    result.open = open.value_or(0);
    return open.has_value() && fits(result.bias);
  }

 private:
  /// By how much more than in the file the product of a code and an input counts on a scale.
  [[nodiscard]] double gain_on(float scale) const {
    return double{scale} / double{task_.scales.weight} * task_.input_gain;
  }

  static bool fits(std::int64_t bias) { return bias >= INT32_MIN && bias <= INT32_MAX; }

  [[nodiscard]] std::optional<std::size_t> disagreement(float scale, const SumRange& sums) const {
    return disagreeing(rules_, {task_.scales.in, scale, task_.scales.out}, task_.codes, sums);
  }

  /// Two roundings half up lift sums onto the ties from either side: where codes may lie below the zero point, only
  /// sums of one parity keep off them. Such rules agree by chance where there are next to no codes.
  [[nodiscard]] bool needs_even_weights() const {
    constexpr std::int32_t kFewCodes = 8;
    return task_.codes.clamp.lo + kFewCodes < task_.codes.zero_point &&
           std::ranges::any_of(rules_, [](const SideRule& r) {
             return r.required && r.rule.method == RequantizeRule::Method::kTwoStep &&
                    r.rule.rounding == Rounding::kHalfUp;
           });
  }

  /// Of the weights as they were before they were quantized, or as the file's codes have them, in the file's steps.
  [[nodiscard]] double exact_weight(std::size_t i) const {
    return task_.numbers.empty() ? task_.weights[i] : task_.numbers[i] / double{task_.scales.weight};
  }

  /// Of multiples of `step`.
  [[nodiscard]] CodeRange room_for(std::int32_t step) const {
    return {task_.room.lo - task_.room.lo % step, task_.room.hi - task_.room.hi % step};
  }

  /// What a sum loses by codes that count `gain` file steps each.
  [[nodiscard]] double cost(const Weights& codes, double gain) const {
    std::vector<double> errors(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) errors[i] = codes[i] * gain - exact_weight(i);
    if (task_.curvature != nullptr) return task_.curvature->cost(errors);
    return std::inner_product(errors.begin(), errors.end(), errors.begin(), 0.0);
  }
  /// The codes, moved so that their errors cancel, where it is known how they add up.
  [[nodiscard]] Weights cancelling(Weights codes, double gain, std::int32_t step) const {
    if (task_.curvature == nullptr) return codes;
    std::vector<double> exact(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) exact[i] = exact_weight(i);
    lower_cost(*task_.curvature, exact, gain, step, room_for(step), codes);
    return codes;
  }

  /// Where the sides agree so.
  [[nodiscard]] std::optional<ChannelResult> as_it_was() const {
    if (task_.scales.in != task_.input_scale_before) return std::nullopt;
    const double gain = gain_on(task_.scales.weight), passed = task_.passes_gain ? gain : 1;
    const std::int64_t bias = passed == 1 ? task_.bias : plain_bias(task_.scales.weight, passed);
    ChannelResult result{ChannelWay::kAsItWas, task_.scales.weight, task_.weights, bias, 0, gain, passed};
    if (!agrees(result)) return std::nullopt;
    return result;
  }

  /// The bias' number, which counts `passed` times, in steps of its scale, without regard to what the change of the
  /// weights does.
  [[nodiscard]] std::int64_t plain_bias(float scale, double passed) const {
    if (!task_.has_bias) return task_.bias;
    return rounded(passed * bias_number_ / (double{task_.scales.in} * double{scale}));
  }
  static std::int64_t rounded(double x) {
    return static_cast<std::int64_t>(std::nearbyint(std::clamp(x, -0x1p40, 0x1p40)));
  }

  [[nodiscard]] ChannelResult on_scale(float scale, const Weights& weights, bool passes_gain = false) const {
    const double gain = gain_on(scale), passed = passes_gain ? gain : 1;
    ChannelResult result{ChannelWay::kScale, scale, weights, plain_bias(scale, passed), 0, gain, passed};
    if (task_.has_bias && !task_.means.empty()) {  // the mean of the output stays
      double change = 0;                           // of a sum, in the file's steps
      for (std::size_t i = 0; i < weights.size(); ++i)
        change += (passed * exact_weight(i) - gain * weights[i]) * task_.means[i];
      const double number =
          passed * bias_number_ + change * double{task_.input_scale_before} * double{task_.scales.weight};
      result.bias = rounded(number / (double{task_.scales.in} * double{scale}));
    }
    return result;
  }

  /// The scale nearest to `target` on which the sides agree about such weights.
  [[nodiscard]] std::optional<float> search(const Weights& weights, double target, bool passes_gain) const {
    const SumRange products = task_.rules->products(weights, task_.input);
    const auto needs = MultiplierNeeds::of(rules_);
    constexpr double kNear = 1e-3;  // mostly enough, and few
    if (!needs.two_roundings) {
      if (const auto found = search(products, candidate_multipliers(needs, target, kNear), passes_gain)) return found;
    }
    return search(products, candidate_multipliers(needs, target, kGainTolerance), passes_gain);
  }

  [[nodiscard]] std::optional<float> search(const SumRange& products, const std::vector<double>& multipliers,
                                            bool passes_gain) const {
    std::optional<float> best;
    std::size_t least_open = 0;
    int after_first = 0;
    // Tried for the sake of rules that are not required; fewer where there are many codes.
    const int most_after_first = task_.codes.clamp.hi - task_.codes.clamp.lo > 1024 ? 5 : 200;
    for (const double multiplier : multipliers) {
      const bool done = try_scales(
          multiplier, task_.scales.in, task_.scales.out,
          [&](float scale) {
            const std::int64_t bias = plain_bias(scale, passes_gain ? gain_on(scale) : 1);
            const auto open = fits(bias) ? disagreement(scale, products.moved(bias)) : std::nullopt;
            if (open && (!best || *open < least_open)) {
              best = scale;
              least_open = *open;
            }
            return open == std::size_t{0};
          },
          needs_two_roundings_ ? 0 : 2);  // what is next to a multiplier below an even integer is one of the others
      if (done || (best && ++after_first > most_after_first)) break;
    }
    return best;
  }

  /// Codes that are nearest to the weights on the scale, where they err less than the change of the scale does.
  [[nodiscard]] Weights follow(const ChannelResult& result) const {
    constexpr double kWorth = 0.9;
    const Weights& weights = result.weights;
    if (task_.numbers.empty() && std::abs(result.gain / result.passed - 1) <= kLittleGain) return weights;
    Weights followed(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
      followed[i] = code_in(task_.room, std::nearbyint(exact_weight(i) / result.gain));
    followed = cancelling(std::move(followed), result.gain, 1);
    return cost(followed, result.gain) < kWorth * cost(result) ? followed : weights;
  }

  /// Fewer, coarser sums on a larger scale.
  [[nodiscard]] std::optional<ChannelResult> re_rounded(std::span<const double> factors) const {
    for (const double factor : factors) {
      const auto scale = search(on_coarser(factor), target_ * factor, false);
      if (!scale) continue;
      ChannelResult result = re_rounded_on(*scale);
      if (result.way != ChannelWay::kLeft) return result;
    }
    return std::nullopt;
  }

 public:
  /// The codes that belong to a coarser scale.
  [[nodiscard]] ChannelResult re_rounded_on(float scale) const {
    const double gain = gain_on(scale);
    const Weights plain = on_coarser(gain), better = cancelling(plain, gain, 1);
    ChannelResult result = finish(scale, better, ChannelWay::kReRounded);
    if (result.way == ChannelWay::kLeft) result = finish(scale, plain, ChannelWay::kReRounded);
    return result;
  }
  [[nodiscard]] Weights on_coarser(double factor) const {
    Weights codes(task_.weights.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
      codes[i] = code_in(task_.room, std::nearbyint(exact_weight(i) / factor));
    }
    return codes;
  }

 private:
  [[nodiscard]] std::optional<ChannelResult> even_weights(const MultiplierNeeds& needs) const {
    if (!task_.has_bias) return std::nullopt;
    const double room = room_of_weights(task_);
    constexpr int kCompared = 4;  // finer scales are not always nearer
    std::optional<ChannelResult> best;
    double least = 0;
    int found = 0;
    for (const std::int64_t n : even_divisors(target_, room)) {
      try_scales(reciprocal(needs, n), task_.scales.in, task_.scales.out, [&](float scale) {
        ChannelResult result = with_even_weights(scale, n);
        if (result.way == ChannelWay::kLeft) return false;
        ++found;
        const double loss = cost(result);
        if (!best || loss < least) {
          least = loss;
          best = std::move(result);
        }
        return true;
      });
      if (found == kCompared) break;
    }
    return best;
  }

  const ChannelTask& task_;
  std::span<const SideRule> rules_;
  double bias_number_ = 0, target_ = 0;
  bool needs_two_roundings_ = false;
};

}  // namespace

double room_of_weights(const ChannelTask& task) {
  double room = std::numeric_limits<double>::infinity();
  for (const std::int32_t w : task.weights) {
    const std::int32_t end = w > 0 ? task.room.hi - task.room.hi % 2 : task.room.lo - task.room.lo % 2;
    if (w != 0 && end != 0) room = std::min(room, static_cast<double>(end) / w);
  }
  return std::isinf(room) ? 1 : room;
}

ChannelResult harden_channel(const ChannelTask& task) {
  ChannelResult result = Channel(task).run();
  if (result.open == 0 || result.way == ChannelWay::kAsItWas || result.way == ChannelWay::kLeft) return result;
  // A rule that is not required is still open, and other scales are near from here: what the hardened file would become
  // if it were hardened, it becomes at once.
  ChannelTask again = task;
  again.weights = result.weights;
  again.bias = result.bias;
  again.scales.weight = result.scale;
  again.input_scale_before = task.scales.in;
  again.input_gain = 1;
  ChannelResult next = Channel(again).run();
  if (next.way == ChannelWay::kAsItWas || next.way == ChannelWay::kLeft) return result;
  next.way = std::max(next.way, result.way);
  next.gain *= result.gain;
  next.passed *= result.passed;
  return next;
}

ChannelResult channel_on_scale(const ChannelTask& task, float scale) {
  return Channel(task).finish(scale, task.weights, ChannelWay::kScale);
}

std::vector<std::int32_t> channel_weights_on(const ChannelTask& task, double factor) {
  return Channel(task).on_coarser(factor);
}

ChannelResult re_rounded_channel(const ChannelTask& task, float scale) { return Channel(task).re_rounded_on(scale); }

double rounding_cost(const ChannelTask& task, const ChannelResult& result) { return Channel(task).cost(result); }

ChannelResult channel_with_even_weights(const ChannelTask& task, float scale, std::int64_t n) {
  return Channel(task).with_even_weights(scale, n);
}

}  // namespace nputwin
