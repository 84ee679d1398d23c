#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "kernels/isa.h"
#include "kernels/kernel_form.h"
#include "kernels/product/guarded.h"
#include "kernels/product/requantizer.h"

namespace nputwin {

/// Sums of neighbouring output elements: all or some channels of some rows. A row of the output has all channels.
struct SumBlock {
  const std::int32_t* sums;  ///< of the first row and channel
  std::ptrdiff_t stride;     ///< from row to row
  std::int64_t first_row;
  int rows;
  int first_channel, channels;
  std::int64_t row_step = 1;  ///< rows of the output from one to the next
};

/// The name of the form that makes codes in registers.
inline constexpr const char* kGuardedForm = "guarded_binary32";

/// How a layer's exact sums become codes: one rule, or two where a runtime's vector code leaves its remainder to scalar
/// code of another rule.
class Epilogue {
 public:
  /// The elements that the first rule takes: those of channels under `channels` and with flat indices under `elements`.
  struct Blocks {
    int channels;
    std::int64_t elements;
    bool operator==(const Blocks&) const = default;

    /// Whole blocks of channels: the rest is the last channels of each row.
    static Blocks by_channel(int channels, int block) { return {channels - channels % block, INT64_MAX}; }
    /// Whole blocks of all elements: the rest is the end of the output.
    static Blocks flat(int channels, std::int64_t elements, int block) {
      return {channels, elements % block == 0 ? INT64_MAX : elements - elements % block};
    }
  };

  /// One rule for all.
  explicit Epilogue(Requantizer all);
  Epilogue(Requantizer first, Requantizer last, Blocks blocks);

  /// What becomes of the sum of one element of the output, by the definition.
  [[nodiscard]] ElementEpilogue element(std::int64_t element) const {
    return (takes_last(element) ? *last_ : first_).element(static_cast<int>(element % first_.channels()));
  }

  /// Equal rules, whatever their vector forms.
  bool operator==(const Epilogue& other) const {
    return first_ == other.first_ && last_ == other.last_ && blocks_ == other.blocks_;
  }

  [[nodiscard]] int channels() const { return first_.channels(); }
  /// The first rule, or the last, which is the same where there is one.
  [[nodiscard]] const RequantizeRule& rule(bool last) const { return (last && last_ ? *last_ : first_).rule(); }
  /// Whether the last rule takes an element.
  [[nodiscard]] bool takes_last(std::int64_t element) const {
    return element % channels() >= by_first(element / channels());
  }
  /// How many channels of a row, from the first on, the first rule takes.
  [[nodiscard]] int by_first(std::int64_t row) const {
    if (!last_) return channels();
    return static_cast<int>(std::clamp<std::int64_t>(blocks_.elements - row * channels(), 0, blocks_.channels));
  }

  /// The codes of a block into `out`, the first byte of the whole output, whose rows are dense. No sum is beyond the
  /// bound that the rules were made for.
  void run(const SumBlock& block, std::byte* out) const;

  /// One form for both rules, for kernels that make codes in registers; null: there is none that is exact.
  [[nodiscard]] const GuardedCodes* guarded() const { return why_not_guarded_.empty() ? &guarded_ : nullptr; }
  /// The codes of some elements of a block, each by the definition: `elements` as
  /// ProductKernels::unknown finds them.
  void run_elements(const SumBlock& block, std::span<const std::uint16_t> elements, std::byte* out) const;

  /// Which form turns sums into codes: the one of registers on an instruction set, or the definition.
  [[nodiscard]] KernelForm form(const Isa& isa) const;

 private:
  void guard();
  /// The first `by_first` channels of the output's by the first rule, the others by the last.
  void split(const SumBlock& block, int by_first, std::byte* out) const;
  void run(const Requantizer& rule, const SumBlock& block, std::byte* out) const;

  Requantizer first_;
  std::optional<Requantizer> last_;
  Blocks blocks_;
  GuardedCodes guarded_;
  std::string why_not_guarded_;
};

}  // namespace nputwin
