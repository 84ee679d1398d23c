#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fixed/traced.h"
#include "kernels/product/guarded.h"
#include "tensor/dtype.h"

namespace nputwin {

/// How one exact sum becomes a code, whole and by the definition.
struct ElementEpilogue {
  RequantizeRule rule;
  EffectiveMultiplier scale;
  std::int32_t zero_point = 0;
  CodeRange clamp{};

  /// `Sum`: int64 or a traced one.
  template <typename Sum>
  [[nodiscard]] Like<std::int32_t, Sum> code(const Sum& sum) const {
    return clamped(unclamped(sum), clamp.lo, clamp.hi);
  }
  template <typename Sum>
  [[nodiscard]] Like<std::int32_t, Sum> unclamped(const Sum& sum) const {
    return requantize(rule, accumulator_register(rule, sum), scale, zero_point);
  }
  /// Each step of each method rises with what it gets, so only a register that overflows could make a code fall. True:
  /// from sum `lowest` to `highest` none does.
  [[nodiscard]] bool rises(std::int64_t lowest, std::int64_t highest) const;
};

/// The definition of how a layer's sums become codes:
///
///   out[r][c] = clamp(requantize(rule, sums[r][c], M[c], zero_point), lo, hi)
class Requantizer {
 public:
  /// `largest_sum` bounds |sum| over everything that can come.
  Requantizer(const RequantizeRule& rule, std::span<const EffectiveMultiplier> channels, std::int32_t zero_point,
              CodeRange clamp, DType output, std::int64_t largest_sum)
      : rule_(rule),
        channels_(channels.begin(), channels.end()),
        zero_point_(zero_point),
        clamp_(clamp),
        output_(output),
        largest_sum_(largest_sum) {}

  /// The code of one exact sum of channel `channel`.
  [[nodiscard]] std::int32_t code(std::int64_t sum, int channel) const { return element(channel).code(sum); }
  [[nodiscard]] ElementEpilogue element(int channel) const {
    return {rule_, channels_[static_cast<std::size_t>(channel)], zero_point_, clamp_};
  }
  /// Equal codes for all sums, by equal rules.
  bool operator==(const Requantizer& other) const {
    return rule_ == other.rule_ && channels_ == other.channels_ && output_ == other.output_ &&
           zero_point_ == other.zero_point_ && clamp_ == other.clamp_;
  }
  [[nodiscard]] int channels() const { return static_cast<int>(channels_.size()); }
  [[nodiscard]] const RequantizeRule& rule() const { return rule_; }
  [[nodiscard]] DType output() const { return output_; }
  [[nodiscard]] std::int32_t zero_point() const { return zero_point_; }
  [[nodiscard]] CodeRange clamp() const { return clamp_; }
  /// Valid while this lives.
  [[nodiscard]] RequantizeWork work() const { return {rule_, channels_, largest_sum_}; }

  /// Channels [begin, begin + count) of `rows` rows. Strides are in elements. `out` points to channel `begin`.
  void run(const std::int32_t* sums, std::ptrdiff_t sums_stride, int rows, int begin, int count, void* out,
           std::ptrdiff_t out_stride) const;

 private:
  RequantizeRule rule_;
  std::vector<EffectiveMultiplier> channels_;
  std::int32_t zero_point_;
  CodeRange clamp_;
  DType output_;
  std::int64_t largest_sum_;
};

}  // namespace nputwin
