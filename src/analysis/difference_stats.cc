#include "analysis/difference_stats.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

namespace nputwin {

template <typename T>
void DifferenceStats::add_typed(const TensorView& a, const TensorView& b) {
  const auto va = a.as<T>(), vb = b.as<T>();
  const bool codes = !std::is_same_v<T, float>;
  const auto& q = a.spec->quantization;
  const double scale = codes && q.per_tensor() ? static_cast<double>(q.scale[0]) : 1.0;
  const double zero = codes && q.per_tensor() ? q.zero_point[0] : 0.0;
  const CodeRange range = codes ? code_range(a.spec->type) : CodeRange{};
  if (codes) width_ = static_cast<double>(range.hi) - range.lo;
  constexpr int kWidest = 255;  // two 8-bit codes are never further apart
  std::array<std::int64_t, 2 * kWidest + 1> counts{};
  for (std::size_t i = 0; i < va.size(); ++i) {
    const auto x = static_cast<double>(va[i]), y = static_cast<double>(vb[i]);
    const double real_a = scale * (x - zero), real_b = scale * (y - zero);
    aa_ += real_a * real_a, bb_ += real_b * real_b, ab_ += real_a * real_b;
    dd_ += (real_b - real_a) * (real_b - real_a);
    least_ = std::min(least_, x), most_ = std::max(most_, x);
    if (codes && (x <= range.lo || x >= range.hi)) ++saturated_;
    const bool same = va[i] == vb[i] || (std::isnan(x) && std::isnan(y));
    if constexpr (sizeof(T) == 1) {
      ++counts[static_cast<std::size_t>(int{vb[i]} - int{va[i]} + kWidest)];
    } else if (codes) {
      ++histogram_[static_cast<std::int64_t>(y - x)];
    }
    if (same) continue;
    if (!first_) first_ = elements_ + static_cast<std::int64_t>(i);
    ++mismatches_;
    sum_ += y - x, absolute_ += std::abs(y - x), squares_ += (y - x) * (y - x);
    largest_ = std::max(largest_, std::abs(y - x));
  }
  for (int d = -kWidest; d <= kWidest; ++d) {
    const std::int64_t count = counts[static_cast<std::size_t>(d + kWidest)];
    if (count != 0) histogram_[d] += count;
  }
  add_places<T>(a.spec->shape, va, vb);
  elements_ += static_cast<std::int64_t>(va.size());
}

template <typename T>
void DifferenceStats::add_places(const Shape& shape, std::span<const T> a, std::span<const T> b) {
  if (shape.empty() || shape.back() < 1) return;
  const auto channels = static_cast<std::size_t>(shape.back());
  channels_.resize(std::max(channels_.size(), channels));
  const bool image = shape.size() == 4;
  const std::size_t height = image ? static_cast<std::size_t>(shape[1]) : 1,
                    width = image ? static_cast<std::size_t>(shape[2]) : 1;
  for (std::size_t at = 0; at < a.size(); at += channels) {
    const std::size_t pixel = at / channels, x = pixel % width, y = pixel / width % height;
    const bool edge = image && (x == 0 || x + 1 == width || y == 0 || y + 1 == height);
    if (edge) border_.elements += static_cast<std::int64_t>(channels);
    for (std::size_t c = 0; c < channels; ++c) {
      const bool nan = a[at + c] != a[at + c] && b[at + c] != b[at + c];
      if (a[at + c] == b[at + c] || nan) continue;
      ++channels_[c];
      if (edge) ++border_.mismatches;
    }
  }
}

void DifferenceStats::add(const TensorView& a, const TensorView& b) {
  switch (a.spec->type) {
    case DType::kFloat32:
      return add_typed<float>(a, b);
    case DType::kInt32:
      return add_typed<std::int32_t>(a, b);
    case DType::kUInt8:
      return add_typed<std::uint8_t>(a, b);
    case DType::kInt64:
      return add_typed<std::int64_t>(a, b);
    case DType::kBool:
      return add_typed<bool>(a, b);
    case DType::kInt16:
      return add_typed<std::int16_t>(a, b);
    case DType::kInt8:
      return add_typed<std::int8_t>(a, b);
  }
}

std::optional<double> DifferenceStats::sqnr_db() const {
  if (dd_ == 0 || aa_ == 0) return std::nullopt;
  return 10 * std::log10(aa_ / dd_);
}

double DifferenceStats::rms() const { return std::sqrt(per_element(squares_)); }

double DifferenceStats::deviation() const {
  return std::sqrt(std::max(per_element(squares_) - bias() * bias(), 0.0));
}

std::optional<double> DifferenceStats::psnr_db() const {
  if (width_ == 0 || squares_ == 0) return std::nullopt;
  return 20 * std::log10(width_ / rms());
}

std::optional<double> DifferenceStats::cosine() const {
  if (aa_ == 0 || bb_ == 0) return std::nullopt;
  return mismatches_ == 0 ? 1.0 : ab_ / std::sqrt(aa_ * bb_);
}

}  // namespace nputwin
