#include "analysis/harden/layer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/harden/multipliers.h"
#include "base/checked.h"
#include "ops/activation.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace {

class LayerChange {
 public:
  LayerChange(const LayerTask& task, const ThreadPool& pool)
      : task_(task), bench_(*task.bench), layer_(task.layer), pool_(pool) {}

  LayerOutcome run() {
    rules_ = LayerRules::of(bench_, layer_.id.index);
    outcome_.left = rules_.unlike;
    if (outcome_.left.empty()) outcome_.left = unlike();
    if (!outcome_.left.empty()) {
      keep_bias_numbers();
      return outcome_;
    }
    per_channel_ = !bench_.spec(layer_.weights).quantization.per_tensor();
    for (std::size_t c = 0; c < rules_.channels(); ++c) {
      tasks_.push_back(task_of(c));
      products_.push_back(rules_.products(tasks_.back().weights, tasks_.back().input));
    }
    if (per_channel_ || tasks_.size() == 1) {
      results_.resize(tasks_.size());
      pool_.parallel(static_cast<std::int64_t>(tasks_.size()), [&](std::int64_t c, int) {
        results_[static_cast<std::size_t>(c)] = harden_channel(tasks_[static_cast<std::size_t>(c)]);
      });
      round_with_curvature();
    } else if (!as_it_was() && !(task_.move_output && on_other_output()) && !on_one_scale() && !rounded_again()) {
      all_on_scale(bench_.spec(layer_.weights).scale());
      for (ChannelResult& r : results_) r.way = ChannelWay::kLeft;
    }
    apply();
    count();
    return outcome_;
  }

 private:
  [[nodiscard]] std::string unlike() const {
    const auto& q = bench_.spec(layer_.weights).quantization;
    if (!q.per_tensor() && q.scale.size() != rules_.channels()) return "its scales are not one for each channel";
    if (layer_.bias >= 0 && !bench_.graph().tensor(layer_.bias).constant) return "its bias is no constant of the file";
    for (const int t : {layer_.weights, layer_.bias}) {
      if (t >= 0 && readers_of(bench_.graph(), t) > 1)
        return fmt::format("its constant '{}' is another op's, too", bench_.spec(t).name);
    }
    if (!rules_.has_codes_of(bench_.graph().tensor(layer_.weights)))
      return "a side does not take its weights as the file has them";
    return {};
  }

  /// Of a layer that is left as it is: its bias counts in the steps of an input scale that may be another now.
  void keep_bias_numbers() {
    if (layer_.bias < 0 || !bench_.graph().tensor(layer_.bias).constant || readers_of(bench_.graph(), layer_.bias) > 1)
      return;
    const double ratio = double{bench_.spec_before(layer_.input).scale()} / double{bench_.spec(layer_.input).scale()};
    if (ratio == 1) return;
    std::vector<std::int64_t> biases;
    const auto count = static_cast<std::size_t>(bench_.spec(layer_.bias).elements());
    biases.reserve(count);
    for (std::size_t c = 0; c < count; ++c)
      biases.push_back(static_cast<std::int64_t>(std::nearbyint(static_cast<double>(layer_.bias_of(c)) * ratio)));
    set_bias(biases);
  }

  [[nodiscard]] SumCodes sum_codes() const {
    const TensorSpec& out = bench_.spec(layer_.output);
    const auto clamp = activation_range(out, layer_.node->attributes);
    return {out.zero_point(), clamp ? *clamp : code_range(out.type)};
  }

  [[nodiscard]] ChannelTask task_of(std::size_t c) const {
    ChannelTask task;
    task.rules = &rules_;
    task.channel = c;
    task.weights = rules_.weights(c);
    task.bias = layer_.bias_of(c);
    task.input_scale_before = bench_.spec_before(layer_.input).scale();
    task.scales = {bench_.spec(layer_.input).scale(), static_cast<float>(layer_.weight_scale(c)),
                   bench_.spec(layer_.output).scale()};
    task.codes = sum_codes();
    task.input = bench_.codes(layer_.input).range;
    const ModelTensor& weights = bench_.graph().tensor(layer_.weights);
    const auto& zeros = weights.spec.quantization.zero_point;
    const std::int32_t zero = zeros[zeros.size() == 1 ? 0 : c];
    const CodeRange room = weights.packed_bits == 0
                               ? code_range(weights.spec.type)
                               : CodeRange{-(1 << (weights.packed_bits - 1)) + 1, (1 << (weights.packed_bits - 1)) - 1};
    const bool symmetric = weights.spec.type == DType::kInt8;  // the specification leaves -128 out
    task.room = {std::max(room.lo - zero, symmetric ? -127 : INT32_MIN), room.hi - zero};
    task.has_bias = layer_.bias >= 0;
    add_means(task);
    add_numbers(task, weights.spec);
    return task;
  }

  /// Of the codes that each weight of a channel meets, the padding aside.
  void add_means(ChannelTask& task) const {
    if (task_.calibration == nullptr || !task_.calibration->means.contains(layer_.input)) return;
    const std::vector<double>& means = task_.calibration->means.at(layer_.input);
    std::size_t first = 0, count = means.size();
    if (const auto* taps = std::get_if<DepthwiseTaps>(&rules_.layer.taps)) {
      first = task.channel / static_cast<std::size_t>(taps->multiplier());
      count = 1;
    } else if (const auto* conv = std::get_if<ConvTaps>(&rules_.layer.taps)) {
      count = static_cast<std::size_t>(conv->group_in);
      first = task.channel / static_cast<std::size_t>(conv->group_out()) * count;
    } else if (!std::holds_alternative<RowTaps>(rules_.layer.taps)) {
      return;  // each input meets some of the weights alone
    }
    if (count == 0 || task.weights.size() % count != 0 || first + count > means.size()) return;
    for (std::size_t i = 0; i < task.weights.size(); ++i) task.means.push_back(means[first + i % count]);
  }

  void add_numbers(ChannelTask& task, const TensorSpec& weights) const {
    if (task_.numbers == nullptr || !task_.numbers->contains(layer_.weights)) return;
    const std::vector<float>& numbers = task_.numbers->at(layer_.weights);
    if (static_cast<std::int64_t>(numbers.size()) != weights.elements()) return;
    for (const std::size_t at : rules_.places(task.channel)) task.numbers.push_back(double{numbers[at]});
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

  // One scale for all channels.

  bool as_it_was() {
    if (bench_.spec(layer_.input).scale() != bench_.spec_before(layer_.input).scale()) return false;
    if (!all_agree(tasks_[0].scales, tasks_[0].codes)) return false;
    results_.clear();
    for (const ChannelTask& t : tasks_)
      results_.push_back({ChannelWay::kAsItWas, t.scales.weight, t.weights, t.bias, 0, 1});
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
  bool on_other_output() {
    constexpr double kMostGrowth = 0.1, kMostShrinking = 0.002;
    const LayerScales before = tasks_[0].scales;
    for (const double multiplier : candidate_multipliers(needs(), target(), kMostGrowth)) {
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
          t.codes = sum_codes();
        }
        all_on_scale(before.weight);
        return true;
      });
      if (found) return nothing_left();
    }
    return false;
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
    return re_rounded() || with_even_weights();
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

  // The bench.

  void apply() {
    set_weights();
    if (layer_.bias < 0) return;
    std::vector<std::int64_t> biases;
    biases.reserve(results_.size());
    for (const ChannelResult& r : results_) biases.push_back(r.bias);
    set_bias(biases);
  }

  void set_weights() {
    TensorSpec spec = bench_.spec(layer_.weights);
    for (std::size_t c = 0; c < spec.quantization.scale.size(); ++c) spec.quantization.scale[c] = results_[c].scale;
    bench_.set_quantization(layer_.weights, spec.quantization);
    const bool same = std::ranges::equal(results_, tasks_, {}, &ChannelResult::weights, &ChannelTask::weights);
    if (same) return;
    const Bytes before = *bench_.constant(layer_.weights);
    std::vector<std::byte> bytes(before.begin(), before.end());
    with_code_type(spec.type, [&](auto type) {
      using Code = decltype(type);
      auto* codes = reinterpret_cast<Code*>(bytes.data());
      const auto& zeros = spec.quantization.zero_point;
      for (std::size_t c = 0; c < results_.size(); ++c) {
        const auto places = rules_.places(c);
        for (std::size_t i = 0; i < places.size(); ++i)
          codes[places[i]] = static_cast<Code>(results_[c].weights[i] + zeros[zeros.size() == 1 ? 0 : c]);
      }
    });
    bench_.set_constant(layer_.weights, bytes);
  }

  void set_bias(const std::vector<std::int64_t>& biases) {
    const TensorSpec& spec = bench_.spec(layer_.bias);
    const float in = bench_.spec(layer_.input).scale();
    const auto& weights = bench_.spec(layer_.weights).quantization.scale;
    Quantization q = spec.quantization;
    if (!q.empty()) {
      const bool each = q.scale.size() == biases.size() && weights.size() == biases.size();
      for (std::size_t c = 0; c < q.scale.size(); ++c) q.scale[c] = in * weights[each ? c : 0];
      const bool moved = in != bench_.spec_before(layer_.input).scale() ||
                         weights != bench_.spec_before(layer_.weights).quantization.scale;
      if (moved) bench_.set_quantization(layer_.bias, q);
    }
    bool same = true;
    for (std::size_t c = 0; c < biases.size(); ++c) same = same && biases[c] == layer_.bias_of(c);
    if (same) return;
    std::vector<std::int32_t> narrow;
    narrow.reserve(biases.size());
    for (const std::int64_t b : biases) narrow.push_back(saturate_cast<std::int32_t>(b));
    bench_.set_constant(
        layer_.bias, spec.type == DType::kInt64 ? std::as_bytes(std::span(biases)) : std::as_bytes(std::span(narrow)));
  }

  void count() {
    std::vector<double> gains;
    for (const ChannelResult& r : results_) {
      ++outcome_.channels[static_cast<std::size_t>(r.way)];
      outcome_.open = std::max(outcome_.open, r.open);
      if (r.way == ChannelWay::kReRounded || r.way == ChannelWay::kEvenWeights) continue;
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
  bool per_channel_ = false;
  std::vector<ChannelTask> tasks_;
  std::vector<Curvature> curvatures_;  // by source, once add_curvature has made them
  std::vector<SumRange> products_;     // of each channel, with the file's weights
  std::vector<ChannelResult> results_;
  LayerOutcome outcome_;
};

}  // namespace

LayerOutcome harden_layer(const LayerTask& task, const ThreadPool& pool) { return LayerChange(task, pool).run(); }

}  // namespace nputwin
