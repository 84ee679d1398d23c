#pragma once

#include <algorithm>

#include "kernels/requantize.h"

namespace nputwin {

/// A layer's last step where vector code leaves its remainder to scalar code of another rule: the last channels of
/// each pixel, or the last elements of the whole output.
class ChannelRules {
 public:
  /// The elements that `first` takes: those of channels under `channels` and with indices under `elements`.
  struct Blocks {
    int channels;
    std::int64_t elements;

    /// Whole blocks of channels.
    static Blocks by_channel(int channels, int block) { return {channels - channels % block, INT64_MAX}; }
    /// Whole blocks of all elements.
    static Blocks flat(int channels, std::int64_t elements, int block) {
      return {channels, elements - elements % block};
    }
  };

  /// One rule for all.
  ChannelRules(const Requantizer& all, int channels)
      : ChannelRules(all, all, Blocks::by_channel(channels, 1), channels) {}
  ChannelRules(Requantizer first, Requantizer last, Blocks blocks, int channels)
      : first_(std::move(first)), last_(std::move(last)), blocks_(blocks), channels_(channels) {}

  /// The code of one exact sum, by the definition. `element`: its index in the output.
  [[nodiscard]] std::int32_t code(std::int64_t acc, int channel, std::int64_t element) const {
    return rule_of(channel, element).code(acc, channel);
  }
  [[nodiscard]] LastStep last_step(int channel, std::int64_t element) const {
    return rule_of(channel, element).last_step(channel);
  }

  /// All channels of `pixels` pixels, whose accumulators are `acc_stride` apart, into dense `out`; `element`: the index
  /// of the first in the output.
  template <typename T>
  void run(const std::int32_t* acc, std::ptrdiff_t acc_stride, int pixels, T* out, std::int64_t element) const {
    // Pixels before the one where the elements' limit lies have only the channels' limit.
    const int whole = static_cast<int>(std::clamp<std::int64_t>((blocks_.elements - element) / channels_, 0, pixels));
    split(acc, acc_stride, whole, blocks_.channels, out);
    for (int p = whole; p < pixels; ++p) {
      const std::int64_t left = blocks_.elements - element - std::int64_t{p} * channels_;
      split(acc + p * acc_stride, acc_stride, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, blocks_.channels)),
            out + std::int64_t{p} * channels_);
    }
  }

 private:
  [[nodiscard]] const Requantizer& rule_of(int channel, std::int64_t element) const {
    return channel < blocks_.channels && element < blocks_.elements ? first_ : last_;
  }

  template <typename T>
  void split(const std::int32_t* acc, std::ptrdiff_t acc_stride, int pixels, int by_first, T* out) const {
    if (pixels < 1) return;
    if (by_first > 0) first_.run(acc, acc_stride, pixels, 0, by_first, out, channels_);
    if (by_first < channels_)
      last_.run(acc + by_first, acc_stride, pixels, by_first, channels_ - by_first, out + by_first, channels_);
  }

  Requantizer first_, last_;
  Blocks blocks_;
  int channels_;
};

}  // namespace nputwin
