#pragma once

#include <algorithm>
#include <optional>

#include "kernels/kernel_form.h"
#include "kernels/sum/sum.h"
#include "ops/reduce/reduction.h"

namespace nputwin {

/// The sums of a reduction over dimensions that follow each other, of 8-bit codes, by vectors. Few elements behind the
/// reduced ones make short pixels: as many of them count as one as fill vectors, and their sums are added up.
class BlockSums {
 public:
  BlockSums(const Reduction& reduction, const Shape& in, DType stored, const Isa& isa)
      : outputs_(reduction.outputs), count_(reduction.count) {
    const auto block = reduction.block(in);
    const std::string refusal = isa.scalar()       ? kScalarAskedFor
                                : !is_8bit(stored) ? fmt::format("it takes 8-bit codes, the op has {}", name(stored))
                                : !block           ? "it takes axes that follow each other"
                                                   : "";
    if (!refusal.empty()) {
      form_.refused.push_back({"sum_codes", refusal});
      return;
    }
    form_ = {"sum_codes", isa.name, {}, {}};
    kernels_ = sum_codes(isa);
    outer_ = block->outer, inner_ = block->inner;
    together_ = std::clamp<std::int64_t>(kTogether / std::max<std::int64_t>(inner_, 1), 1, count_);
  }

  [[nodiscard]] bool by_vectors() const { return kernels_.i8 != nullptr; }
  [[nodiscard]] const KernelForm& form() const { return form_; }
  [[nodiscard]] std::size_t scratch_bytes() const {
    return static_cast<std::size_t>(outputs_ + together_ * inner_ + 2 * kSumPadding) * sizeof(std::int32_t);
  }

  /// The sums, in the order of the outputs, in `scratch`.
  template <typename T>
  std::int32_t* run(const T* in, std::byte* scratch) const {
    auto* sums = reinterpret_cast<std::int32_t*>(scratch);
    std::int32_t* parts = sums + outputs_ + kSumPadding;
    const auto vectors = kernels_.of(in);
    for (std::int64_t o = 0; o < outer_; ++o) {
      const T* from = in + o * count_ * inner_;
      std::int32_t* to = sums + o * inner_;
      if (together_ == 1) {
        vectors(from, 0, 1, count_, inner_, to);  // what it writes too much, the next block overwrites
        continue;
      }
      const std::int64_t length = together_ * inner_, whole = count_ / together_;
      vectors(from, 0, 1, whole, length, parts);
      for (std::int64_t c = 0; c < inner_; ++c) {
        std::int32_t sum = 0;
        for (std::int64_t i = c; i < length; i += inner_) sum += parts[i];
        for (std::int64_t i = whole * length + c; i < count_ * inner_; i += inner_) sum += from[i];
        to[c] = sum;
      }
    }
    return sums;
  }

 private:
  static constexpr std::int64_t kTogether = 64;  // elements

  std::int64_t outputs_, count_, outer_ = 0, inner_ = 0, together_ = 1;
  SumKernels kernels_;
  KernelForm form_;
};

}  // namespace nputwin
