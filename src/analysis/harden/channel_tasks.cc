#include "analysis/harden/channel_tasks.h"

#include <algorithm>

namespace nputwin {
namespace {

class ChannelTasks {
 public:
  ChannelTasks(const LayerTask& task, const LayerRules& rules)
      : task_(task), bench_(*task.bench), layer_(task.layer), rules_(rules) {
    // A gain of one channel alone needs scales of its own, here and behind.
    const bool per_channel = !bench_.spec(layer_.weights).quantization.per_tensor();
    passes_gain_ = per_channel && task.gains->can_pass(layer_.output);
    input_gains_ = task.gains->of(layer_.input);
  }

  [[nodiscard]] ChannelTask of(std::size_t c) const {
    ChannelTask task;
    task.rules = &rules_;
    task.channel = c;
    task.weights = rules_.weights(c);
    task.bias = layer_.bias_of(c);
    task.input_scale_before = bench_.spec_before(layer_.input).scale();
    task.scales = {bench_.spec(layer_.input).scale(), static_cast<float>(layer_.weight_scale(c)),
                   bench_.spec(layer_.output).scale()};
    task.codes = sum_codes(bench_.spec(layer_.output), *layer_.node);
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
    if (const auto* taps = std::get_if<DepthwiseTaps>(&rules_.layer.taps); taps != nullptr && input_gains_ != nullptr)
      task.input_gain = (*input_gains_)[c / static_cast<std::size_t>(taps->multiplier())];
    task.passes_gain = passes_gain_ && !is_cut_off(c);
    add_numbers(task, weights.spec);
    return task;
  }

 private:
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

  /// What is cut off has no gain that could be taken back.
  [[nodiscard]] bool is_cut_off(std::size_t c) const {
    constexpr double kMuch = 0.02;
    if (task_.calibration == nullptr || !task_.calibration->cut_off.contains(layer_.output)) return false;
    return task_.calibration->cut_off.at(layer_.output)[c] > kMuch;
  }

  void add_numbers(ChannelTask& task, const TensorSpec& weights) const {
    if (task_.numbers == nullptr || !task_.numbers->contains(layer_.weights)) return;
    const std::vector<float>& numbers = task_.numbers->at(layer_.weights);
    if (static_cast<std::int64_t>(numbers.size()) != weights.elements()) return;
    for (const std::size_t at : rules_.places(task.channel)) task.numbers.push_back(double{numbers[at]});
  }

  const LayerTask& task_;
  const HardenBench& bench_;
  const lint_rules::Layer& layer_;
  const LayerRules& rules_;
  bool passes_gain_ = false;
  const std::vector<double>* input_gains_ = nullptr;
};

}  // namespace

std::vector<ChannelTask> channel_tasks(const LayerTask& task, const LayerRules& rules) {
  const ChannelTasks tasks(task, rules);
  std::vector<ChannelTask> all;
  all.reserve(rules.channels());
  for (std::size_t c = 0; c < rules.channels(); ++c) all.push_back(tasks.of(c));
  return all;
}

}  // namespace nputwin
