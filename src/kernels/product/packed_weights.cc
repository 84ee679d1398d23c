#include <algorithm>

#include "kernels/product/product.h"

namespace nputwin {
namespace {

struct Range {
  int least = 0, most = 0;
};

Range range_of(std::span<const std::int16_t> channel) {
  std::int16_t least = 0, most = 0;  // padding is 0: it is one of them
  for (const std::int16_t w : channel) least = std::min(least, w), most = std::max(most, w);
  return {least, most};
}

}  // namespace

bool PackedWeights::fits(std::span<const std::int16_t> weights, std::int64_t channels) {
  const std::size_t depth = weights.size() / static_cast<std::size_t>(channels);
  for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
    const Range range = range_of(weights.subspan(c * depth, depth));
    if (range.most - range.least > 255) return false;
  }
  return true;
}

PackedWeights::PackedWeights(std::span<const std::int16_t> weights, std::int64_t channels, int entries,
                             std::int64_t run, const ProductKernels& kernels, int vectors)
    : channels_(static_cast<int>(channels)),
      entries_(entries),
      groups_(static_cast<int>((run + kernels.group - 1) / kernels.group)),
      group_(kernels.group),
      lanes_(kernels.lanes),
      width_(vectors * kernels.lanes),
      depth_(entries * run) {
  const auto padded = static_cast<std::size_t>((channels_ + lanes_ - 1) / lanes_ * lanes_);
  const std::size_t vector_bytes = static_cast<std::size_t>(lanes_) * static_cast<std::size_t>(group_);
  const std::size_t bytes = padded * static_cast<std::size_t>(entries_) * static_cast<std::size_t>(groups_ * group_);
  lines_.resize(std::max<std::size_t>(1, (bytes + sizeof(Line) - 1) / sizeof(Line)));
  const auto depth = static_cast<std::size_t>(depth_);
  for (int c = 0; c < channels_; ++c) {
    const auto channel = weights.subspan(static_cast<std::size_t>(c) * depth, depth);
    const Range range = range_of(channel);
    const int off = range.least >= -128 && range.most <= 127 ? 0 : range.most - 127;
    std::int32_t total = 0;
    const int panel = c / width_, within = c % width_, lane = within % lanes_;
    const std::size_t steps = static_cast<std::size_t>(this->vectors(panel)) * vector_bytes;
    auto* packed = reinterpret_cast<std::int8_t*>(lines_.data());
    std::size_t at = offset(panel) + static_cast<std::size_t>(within / lanes_) * vector_bytes +
                     static_cast<std::size_t>(lane * group_);
    const std::int16_t* value = channel.data();
    for (int e = 0; e < entries_; ++e) {
      for (std::int64_t k = 0; k < run; k += group_, at += steps) {
        const auto some = static_cast<std::size_t>(std::min<std::int64_t>(group_, run - k));
        for (std::size_t i = 0; i < some; ++i, ++value) {
          packed[at + i] = static_cast<std::int8_t>(*value - off);
          total += packed[at + i];
        }
      }
    }
    taken_off_.push_back(off);
    totals_.push_back(total);
  }
}

}  // namespace nputwin
