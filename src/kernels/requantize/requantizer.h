#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "fixed/traced.h"
#include "kernels/isa.h"
#include "kernels/kernel_form.h"
#include "kernels/requantize/forms.h"
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

/// Turns blocks of accumulators into output codes:
///
///   out[r][c] = clamp(requantize(rule, acc[r][c], M[c], zero_point), lo, hi)
///
/// Prepared once for a layer's channels; a vector form is used where it is proven equal to the scalar definition.
class Requantizer {
 public:
  /// Vectors may read this many entries past the last channel, of acc too; `out` is never written past it.
  static constexpr int kPadding = RequantizeParameters::kPadding;

  /// `largest_accumulator` bounds |acc| over everything that can come; it decides whether vector forms are exact.
  Requantizer(const RequantizeRule& rule, std::span<const EffectiveMultiplier> channels, std::int32_t zero_point,
              CodeRange clamp, DType output, std::int64_t largest_accumulator, const Isa& isa);

  /// The code of one exact sum of channel `channel`, by the definition.
  [[nodiscard]] std::int32_t code(std::int64_t acc, int channel) const { return element(channel).code(acc); }
  [[nodiscard]] ElementEpilogue element(int channel) const {
    return {rule_, channels_[static_cast<std::size_t>(channel)], parameters_.zero_point, parameters_.clamp};
  }
  /// Equal codes for all sums, by equal rules.
  bool operator==(const Requantizer& other) const {
    return rule_ == other.rule_ && channels_ == other.channels_ && output_ == other.output_ &&
           parameters_.zero_point == other.parameters_.zero_point && parameters_.clamp == other.parameters_.clamp;
  }
  [[nodiscard]] int channels() const { return static_cast<int>(channels_.size()); }
  [[nodiscard]] const RequantizeRule& rule() const { return rule_; }
  [[nodiscard]] DType output() const { return output_; }

  /// Channels [begin, begin + count) of `rows` rows. Strides are in elements. `out` points to channel `begin`.
  void run(const std::int32_t* acc, std::ptrdiff_t acc_stride, int rows, int begin, int count, void* out,
           std::ptrdiff_t out_stride) const;

  /// Which form runs, and why better ones do not.
  [[nodiscard]] const KernelForm& form() const { return form_; }

 private:
  RequantizeRule rule_;
  std::vector<EffectiveMultiplier> channels_;
  RequantizeParameters parameters_;
  DType output_;
  KernelForm form_;
  RequantizeCode code_ = nullptr;  // null: the scalar definition
};

}  // namespace nputwin
