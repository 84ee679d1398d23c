#include "analysis/harden/float_layer.h"

#include <algorithm>
#include <array>

namespace nputwin {
namespace {

/// So many channels at a time, each with a sum of its own: what a loop of fixed length adds up stays in registers.
constexpr std::size_t kLanes = 16;

/// Weights that all channels meet at the same inputs, channels side by side and padded to whole blocks.
class ByChannel {
 public:
  ByChannel(std::span<const float> weights, std::size_t channels, bool channel_is_last)
      : taps_(weights.size() / channels), stride_((channels + kLanes - 1) / kLanes * kLanes), values_(taps_ * stride_) {
    for (std::size_t k = 0; k < taps_; ++k) {
      for (std::size_t c = 0; c < channels; ++c)
        values_[k * stride_ + c] = double{weights[channel_is_last ? k * channels + c : c * taps_ + k]};
    }
  }
  [[nodiscard]] const double* at(std::size_t tap, std::size_t channel) const {
    return values_.data() + tap * stride_ + channel;
  }

 private:
  std::size_t taps_, stride_;
  std::vector<double> values_;
};

/// What one input element is to the sums of a row: all channels multiply it, or each has its own neighbour.
struct Met {
  std::size_t input, tap;
};

template <typename Taps>
std::vector<Met> met_by_row(const Taps& taps, std::int64_t row) {
  constexpr bool kIsDepthwise = std::is_same_v<Taps, DepthwiseTaps>;
  std::vector<Met> met;
  taps.for_each_run(row * taps.row_elements(), [&](const TapRun& run) {
    for (std::int64_t i = 0; i < run.count; ++i) {
      const std::int64_t weight = run.weight + i * run.weight_step;
      met.push_back({static_cast<std::size_t>(run.input + i * run.input_step),
                     static_cast<std::size_t>(kIsDepthwise ? weight / taps.row_elements() : weight)});
    }
  });
  return met;
}

void add_shared(std::span<const Met> met, const float* inputs, const ByChannel& weights, std::size_t channel,
                std::array<double, kLanes>& sums) {
  for (const Met& m : met) {
    const double x = double{inputs[m.input]};
    const double* w = weights.at(m.tap, channel);
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += x * w[lane];
  }
}

void add_own(std::span<const Met> met, const float* inputs, const ByChannel& weights, std::size_t channel,
             std::size_t count, std::array<double, kLanes>& sums) {
  for (const Met& m : met) {
    const float* x = inputs + m.input + channel;
    const double* w = weights.at(m.tap, channel);
    for (std::size_t lane = 0; lane < count; ++lane) sums[lane] += double{x[lane]} * w[lane];
  }
}

template <typename Taps>
void add_rows(const Taps& taps, std::size_t channels, std::span<const float> inputs, std::span<const float> weights,
              const ThreadPool& pool, std::vector<double>& sums) {
  constexpr bool kIsDepthwise = std::is_same_v<Taps, DepthwiseTaps>;
  const ByChannel by_channel(weights, channels, kIsDepthwise);
  pool.parallel(static_cast<std::int64_t>(sums.size() / channels), [&](std::int64_t row, int) {
    const std::vector<Met> met = met_by_row(taps, row);
    for (std::size_t c = 0; c < channels; c += kLanes) {
      const std::size_t count = std::min(kLanes, channels - c);
      std::array<double, kLanes> block{};
      if constexpr (kIsDepthwise) {
        add_own(met, inputs.data(), by_channel, c, count, block);
      } else {
        add_shared(met, inputs.data(), by_channel, c, block);
      }
      std::copy_n(block.begin(), count,
                  sums.begin() + row * static_cast<std::int64_t>(channels) + static_cast<std::int64_t>(c));
    }
  });
}

double sum_of(std::span<const TapRun> runs, std::span<const float> inputs, std::span<const float> weights) {
  double sum = 0;
  for (const TapRun& run : runs) {
    for (std::int64_t i = 0; i < run.count; ++i)
      sum += double{inputs[static_cast<std::size_t>(run.input + i * run.input_step)]} *
             double{weights[static_cast<std::size_t>(run.weight + i * run.weight_step)]};
  }
  return sum;
}

}  // namespace

std::vector<double> sums_in_numbers(const MacLayer& layer, std::size_t channels, std::size_t elements,
                                    std::span<const float> inputs, std::span<const float> weights,
                                    const ThreadPool& pool) {
  std::vector<double> sums(elements);
  const auto* conv = std::get_if<ConvTaps>(&layer.taps);
  const auto* depthwise = std::get_if<DepthwiseTaps>(&layer.taps);
  if (conv != nullptr && conv->groups == 1) {
    add_rows(*conv, channels, inputs, weights, pool, sums);
  } else if (depthwise != nullptr && depthwise->multiplier() == 1) {
    add_rows(*depthwise, channels, inputs, weights, pool, sums);
  } else if (const auto* rows = std::get_if<RowTaps>(&layer.taps)) {
    add_rows(*rows, channels, inputs, weights, pool, sums);
  } else {
    pool.parallel(static_cast<std::int64_t>(elements), [&](std::int64_t e, int) {
      sums[static_cast<std::size_t>(e)] = sum_of(layer.runs(e), inputs, weights);
    });
  }
  return sums;
}

}  // namespace nputwin
