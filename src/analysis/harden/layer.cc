#include "analysis/harden/layer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/harden/channel_tasks.h"
#include "analysis/harden/layer_constants.h"
#include "analysis/harden/multipliers.h"
#include "ops/activation.h"

namespace nputwin {
namespace {

class LayerChange {
 public:
  LayerChange(const LayerTask& task, const ThreadPool& pool)
      : task_(task), bench_(*task.bench), layer_(task.layer), pool_(pool) {}

  LayerOutcome run() {
    read_rules();
    outcome_.left = rules_.unlike;
    if (outcome_.left.empty()) outcome_.left = why_left(bench_, layer_, rules_);
    if (!outcome_.left.empty()) {
      keep_bias_number(bench_, layer_);
      return outcome_;
    }
    const bool per_channel = !bench_.spec(layer_.weights).quantization.per_tensor();
    tasks_ = channel_tasks(task_, rules_);
    for (const ChannelTask& t : tasks_) products_.push_back(rules_.products(t.weights, t.input));
    has_own_scales_ = per_channel || tasks_.size() == 1;
    if (has_own_scales_) {
      results_.resize(tasks_.size());
      harden_channels(left());
      round_with_curvature();
    } else if (!harden_on_one_scale()) {
      all_on_scale(bench_.spec(layer_.weights).scale());
      for (ChannelResult& r : results_) r.way = ChannelWay::kLeft;
    }
    if (outcome_.given_up.empty() && !left().empty()) {
      for (const auto& sides : bench_.dispensable(layer_.id.index)) give_up(sides);
    }
    for (ChannelResult& r : results_) {
      if (!outcome_.unlike.empty() && r.way != ChannelWay::kLeft) r.way = ChannelWay::kFewerSides;
    }
    pass_gains();
    set_weights(bench_, layer_, rules_, results_);
    if (layer_.bias >= 0) set_biases(bench_, layer_, results_);
    count();
    return outcome_;
  }

 private:
  /// Of all sides, or of all but those of one kind whose rules are of another sort.
  void read_rules() {
    rules_ = LayerRules::of(bench_, layer_.id.index);
    if (rules_.unlike.empty()) return;
    for (const auto& sides : bench_.dispensable(layer_.id.index)) {
      LayerRules fewer = rules_without(sides);
      if (!fewer.unlike.empty()) continue;
      outcome_.unlike = rules_.unlike;
      outcome_.given_up = bench_.names(sides);
      rules_ = std::move(fewer);
      return;
    }
  }

  [[nodiscard]] LayerRules rules_without(const std::vector<std::size_t>& sides) const {
    bench_.give_up(layer_.id.index, sides);
    LayerRules rules = LayerRules::of(bench_, layer_.id.index);
    bench_.give_up(layer_.id.index, {});
    return rules;
  }

  void harden_channels(const std::vector<std::size_t>& channels) {
    pool_.parallel(static_cast<std::int64_t>(channels.size()), [&](std::int64_t k, int) {
      const std::size_t c = channels[static_cast<std::size_t>(k)];
      results_[c] = harden_channel(tasks_[c]);
    });
  }

  [[nodiscard]] std::vector<std::size_t> left() const {
    std::vector<std::size_t> left;
    for (std::size_t c = 0; c < results_.size(); ++c) {
      if (results_[c].way == ChannelWay::kLeft) left.push_back(c);
    }
    return left;
  }

  /// Channels on which nothing makes all sides agree, once more without some: the others may.
  void give_up(const std::vector<std::size_t>& sides) {
    const std::vector<std::size_t> channels = left();
    if (channels.empty()) return;
    LayerRules fewer = rules_without(sides);
    if (!fewer.unlike.empty()) return;
    const auto before = results_;
    std::swap(rules_, fewer);
    if (has_own_scales_) {
      harden_channels(channels);
    } else if (!harden_on_one_scale()) {
      results_ = before;
    }
    std::swap(rules_, fewer);
    if (left().size() == channels.size()) return;
    for (const std::size_t c : channels) {
      if (results_[c].way != ChannelWay::kLeft) results_[c].way = ChannelWay::kFewerSides;
    }
    outcome_.given_up += (outcome_.given_up.empty() ? "" : ", ") + bench_.names(sides);
  }

  /// Channels whose codes were rounded again, once more by what the calibration inputs say of them.
  void round_with_curvature() {
    std::vector<std::size_t> again;
    for (std::size_t c = 0; c < results_.size(); ++c) {
      if (results_[c].weights != tasks_[c].weights || !tasks_[c].numbers.empty()) again.push_back(c);
    }
    if (again.empty() || !add_curvature()) return;
    pool_.parallel(static_cast<std::int64_t>(again.size()), [&](std::int64_t k, int) {
      const std::size_t c = again[static_cast<std::size_t>(k)];
      ChannelResult result = harden_channel(tasks_[c]);
      if (result.way != ChannelWay::kLeft) results_[c] = std::move(result);
    });
  }

  /// Tells the tasks what the calibration inputs say of errors of their weights. False: nothing.
  bool add_curvature() {
    if (task_.calibration == nullptr) return false;
    const auto found = task_.calibration->met.find(layer_.weights);
    if (found == task_.calibration->met.end() || found->second.width != tasks_[0].weights.size()) return false;
    const MetCodes& met = found->second;
    curvatures_.resize(met.sources);
    pool_.parallel(static_cast<std::int64_t>(met.sources), [&](std::int64_t s, int) {
      curvatures_[static_cast<std::size_t>(s)] = Curvature::of(met, static_cast<std::size_t>(s));
    });
    for (std::size_t c = 0; c < tasks_.size(); ++c) tasks_[c].curvature = &curvatures_[met.sources == 1 ? 0 : c];
    return true;
  }

  void pass_gains() const {
    std::vector<double> gains;
    gains.reserve(results_.size());
    for (const ChannelResult& r : results_) gains.push_back(r.passed);
    if (std::ranges::any_of(gains, [](double g) { return g != 1; })) task_.gains->pass(layer_.output, gains);
  }

  // One scale for all channels.

  bool harden_on_one_scale() {
    // A range that grows by half costs less than weights of one scale, of which most are small, do on a coarser one.
    constexpr double kLittle = 0.1, kMuch = 0.5;
    return as_it_was(0) || on_other_output(kLittle) || on_one_scale() || as_it_was(SIZE_MAX) ||
           on_other_output(kMuch) || rounded_again();
  }

  /// With no more than so many rules that are not required and differ on a channel.
  bool as_it_was(std::size_t most_open) {
    if (bench_.spec(layer_.input).scale() != bench_.spec_before(layer_.input).scale()) return false;
    std::vector<ChannelResult> results;
    for (std::size_t c = 0; c < tasks_.size(); ++c) {
      const ChannelTask& t = tasks_[c];
      const auto open = disagreeing(rules_.by_channel[c], t.scales, t.codes, products_[c].moved(t.bias));
      if (!open || *open > most_open) return false;
      results.push_back({ChannelWay::kAsItWas, t.scales.weight, t.weights, t.bias, *open, 1});
    }
    results_ = std::move(results);
    return true;
  }

  [[nodiscard]] MultiplierNeeds needs() const {
    MultiplierNeeds needs;
    for (const auto& rules : rules_.by_channel) needs = needs.and_of(MultiplierNeeds::of(rules));
    return needs;
  }
  [[nodiscard]] double target() const {
    const LayerScales& s = tasks_[0].scales;
    return double{s.in} * double{s.weight} / double{s.out};
  }

  /// On all rules, those that are not required too. The sums of all channels of such rules are taken together, as they
  /// have one multiplier.
  [[nodiscard]] bool all_agree(const LayerScales& scales, const SumCodes& codes) const {
    std::vector<std::pair<const std::vector<SideRule>*, SumRange>> kinds;
    for (std::size_t c = 0; c < tasks_.size(); ++c) {
      const ChannelTask& t = tasks_[c];
      const double in_steps =
          double{t.input_scale_before} * double{t.scales.weight} / (double{scales.in} * double{scales.weight});
      const auto bias = t.has_bias ? static_cast<std::int64_t>(std::nearbyint(
                                         std::clamp(static_cast<double>(t.bias) * in_steps, -0x1p46, 0x1p46)))
                                   : t.bias;
      const SumRange own = products_[c].moved(bias);
      const auto known = std::ranges::find_if(kinds, [&](const auto& k) { return *k.first == rules_.by_channel[c]; });
      if (known == kinds.end()) {
        kinds.emplace_back(&rules_.by_channel[c], SumRange{own.lowest, own.highest, 1});
      } else {
        known->second.lowest = std::min(known->second.lowest, own.lowest);
        known->second.highest = std::max(known->second.highest, own.highest);
      }
    }
    return std::ranges::all_of(kinds, [&](const auto& kind) {
      return disagreeing(*kind.first, scales, codes, kind.second) == std::size_t{0};
    });
  }

  void all_on_scale(float scale) {
    results_.clear();
    for (const ChannelTask& t : tasks_) results_.push_back(channel_on_scale(t, scale));
  }
  [[nodiscard]] bool nothing_left() const {
    return std::ranges::none_of(results_, [](const ChannelResult& r) { return r.way == ChannelWay::kLeft; });
  }

  /// The output's scale gives way, so that no weight counts differently: its range grows, or shrinks by next to
  /// nothing.
  bool on_other_output(double most_growth) {
    constexpr double kMostShrinking = 0.002;
    if (!task_.move_output) return false;
    const LayerScales before = tasks_[0].scales;
    for (const double multiplier : by_growth(candidate_multipliers(needs(), target(), most_growth))) {
      if (multiplier / target() > 1 + kMostShrinking) continue;
      const bool found = try_scales(multiplier, before.in, before.out, [&](float scale) {
        // What would be the weights' scale at the file's output is the output's at the weights' own.
        const auto out = static_cast<float>(double{before.out} * double{before.weight} / double{scale});
        TensorSpec spec = bench_.spec(layer_.output);
        spec.quantization.scale = {out};
        const auto clamp = activation_range(spec, layer_.node->attributes);
        if (!clamp || !all_agree({before.in, before.weight, out}, {spec.zero_point(), *clamp})) return false;
        task_.move_output(out);
        for (ChannelTask& t : tasks_) {
          t.scales.out = out;
          t.codes = sum_codes(bench_.spec(layer_.output), *layer_.node);
        }
        all_on_scale(before.weight);
        return true;
      });
      if (found) return nothing_left();
    }
    return false;
  }

  /// Those first that let the ranges of this output and of those behind it grow the least together.
  [[nodiscard]] std::vector<double> by_growth(std::vector<double> multipliers) const {
    if (!needs().two_roundings || task_.behind.empty()) return multipliers;
    std::ranges::stable_sort(multipliers, {}, [&](double multiplier) {
      const double growth = target() / multiplier;
      double all = std::abs(std::log(growth));
      for (const double by_scale : task_.behind)
        all += std::log(std::max(1.0, growth_to_even(by_scale * double{tasks_[0].scales.out} * growth)));
      return all;
    });
    return multipliers;
  }

  /// The weights' scale gives way.
  bool on_one_scale() {
    const LayerScales before = tasks_[0].scales;
    for (const double multiplier : candidate_multipliers(needs(), target(), kGainTolerance)) {
      const bool found = try_scales(multiplier, before.in, before.out, [&](float scale) {
        if (!all_agree({before.in, scale, before.out}, tasks_[0].codes)) return false;
        all_on_scale(scale);
        return nothing_left();
      });
      if (found) return true;
    }
    return false;
  }

  bool rounded_again() {
    add_curvature();
    std::vector<ChannelResult> rounded;
    if (re_rounded()) rounded = results_;
    const bool is_even = with_even_weights(), is_rounded = !rounded.empty();
    if (is_rounded && (!is_even || cost(rounded) <= cost(results_))) results_ = std::move(rounded);
    return is_even || is_rounded;
  }
  [[nodiscard]] double cost(const std::vector<ChannelResult>& results) const {
    double sum = 0;
    for (std::size_t c = 0; c < results.size(); ++c) sum += rounding_cost(tasks_[c], results[c]);
    return sum;
  }

  /// Weights are re-rounded on a coarser scale.
  bool re_rounded() {
    const LayerScales before = tasks_[0].scales;
    const auto products = products_;
    for (const double factor : coarser_factors(needs())) {
      for (std::size_t c = 0; c < tasks_.size(); ++c)
        products_[c] = rules_.products(channel_weights_on(tasks_[c], factor), tasks_[c].input);
      for (const double multiplier : candidate_multipliers(needs(), target() * factor, kGainTolerance)) {
        const bool found = try_scales(multiplier, before.in, before.out, [&](float scale) {
          if (!all_agree({before.in, scale, before.out}, tasks_[0].codes)) return false;
          results_.clear();
          for (const ChannelTask& t : tasks_) results_.push_back(re_rounded_channel(t, scale));
          return nothing_left();
        });
        if (found) return true;
      }
    }
    products_ = products;
    return false;
  }

  bool with_even_weights() {
    double room = std::numeric_limits<double>::infinity();
    for (const ChannelTask& t : tasks_) {
      if (!t.has_bias) return false;
      room = std::min(room, room_of_weights(t));
    }
    const LayerScales s = tasks_[0].scales;
    for (const std::int64_t n : even_divisors(target(), room)) {
      const bool found = try_scales(reciprocal(needs(), n), s.in, s.out, [&](float scale) {
        results_.clear();
        for (const ChannelTask& t : tasks_) {
          results_.push_back(channel_with_even_weights(t, scale, n));
          if (results_.back().way == ChannelWay::kLeft) return false;
        }
        return true;
      });
      if (found) return true;
    }
    return false;
  }

  void count() {
    std::vector<double> gains;
    for (const ChannelResult& r : results_) {
      ++outcome_.channels[static_cast<std::size_t>(r.way)];
      outcome_.open = std::max(outcome_.open, r.open);
      if (r.way >= ChannelWay::kReRounded) continue;
      if (std::ranges::any_of(r.weights, [](std::int32_t w) { return w != 0; })) gains.push_back(std::abs(r.gain - 1));
    }
    if (gains.empty()) return;
    std::ranges::sort(gains);
    outcome_.median_gain = gains[gains.size() / 2];
    outcome_.most_gain = gains.back();
  }

  const LayerTask& task_;
  HardenBench& bench_;
  const lint_rules::Layer& layer_;
  const ThreadPool& pool_;
  LayerRules rules_;
  bool has_own_scales_ = false;  // each channel
  std::vector<ChannelTask> tasks_;
  std::vector<Curvature> curvatures_;  // by source, once add_curvature has made them
  std::vector<SumRange> products_;     // of each channel, with the file's weights
  std::vector<ChannelResult> results_;
  LayerOutcome outcome_;
};

}  // namespace

std::string why_left(const HardenBench& bench, const lint_rules::Layer& layer, const LayerRules& rules) {
  const auto& q = bench.spec(layer.weights).quantization;
  if (!q.per_tensor() && q.scale.size() != rules.channels()) return "its scales are not one for each channel";
  if (layer.bias >= 0 && !bench.graph().tensor(layer.bias).constant) return "its bias is no constant of the file";
  for (const int t : {layer.weights, layer.bias}) {
    if (t >= 0 && readers_of(bench.graph(), t) > 1)
      return fmt::format("its constant '{}' is another op's, too", bench.spec(t).name);
  }
  if (!rules.has_codes_of(bench.graph().tensor(layer.weights)))
    return "a side does not take its weights as the file has them";
  return {};
}

LayerOutcome harden_layer(const LayerTask& task, const ThreadPool& pool) { return LayerChange(task, pool).run(); }

}  // namespace nputwin
