#include "ops/elementwise/stepped_sum.h"

#include "ops/elementwise/steps.h"

namespace nputwin {

std::optional<SteppedSum> SteppedSum::of(const Definition::Parts& parts, CodeRange input, CodeRange clamp) {
  if (parts.product) return std::nullopt;
  std::array<std::int64_t, 256> first{}, second{};
  for (std::int32_t code = input.lo; code <= input.hi; ++code) {
    first[static_cast<std::uint8_t>(code)] = parts.first(code);
    second[static_cast<std::uint8_t>(code)] = parts.second(code);
  }
  const auto [least_a, most_a] = std::ranges::minmax(first);
  const auto [least_b, most_b] = std::ranges::minmax(second);
  constexpr std::int64_t kMost = 1 << 29;  // half of them apart is still inside int32
  const std::int64_t lowest = least_a + least_b, highest = most_a + most_b;
  if (lowest < std::max(parts.lowest, -kMost) || highest > std::min(parts.highest, kMost)) return std::nullopt;

  SteppedSum sum;
  for (std::size_t i = 0; i < 256; ++i) {
    sum.first_[i] = static_cast<std::int32_t>(first[i]);
    sum.second_[i] = static_cast<std::int32_t>(second[i]);
  }
  const auto code = [&](std::int32_t x) {
    return static_cast<std::int32_t>(std::clamp<double>(parts.finish(x), clamp.lo, clamp.hi));
  };
  const auto from = static_cast<std::int32_t>(lowest), to = static_cast<std::int32_t>(highest);
  // Steps are sought first where they were if codes rose evenly from what they are near 0.
  const std::int32_t apart = std::max(1, std::min(-(from / 4), to / 4));
  const double above = parts.finish(apart), below = parts.finish(-apart), rise = (above - below) / (2.0 * apart);
  sum.ends_ = steps_of(code, rise > 0 ? rise : 1, (above + below) / 2, from, to);
  const std::size_t count = sum.ends_.size();
  if (count > 0) sum.first_step_ = static_cast<float>(sum.ends_.front());
  if (count > 1) {
    const double width = static_cast<double>(sum.ends_.back()) - sum.ends_.front();
    sum.rise_ = width > 0 ? static_cast<float>(static_cast<double>(count - 1) / width) : 0;
  }
  sum.last_ = static_cast<float>(count);
  sum.ends_.insert(sum.ends_.begin(), INT32_MIN);
  sum.ends_.push_back(INT32_MAX);
  sum.lowest_code_ = code(from);
  return sum;
}

}  // namespace nputwin
