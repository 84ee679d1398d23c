#include "analysis/difference_stats.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

namespace nputwin {
namespace {

/// Where a flat index of a tensor lies: in which channel, and, with four dimensions, whether in a first or last row or
/// column.
class Places {
 public:
  explicit Places(const Shape& shape)
      : channels_(shape.empty() ? 0 : static_cast<std::size_t>(shape.back())), image_(shape.size() == 4) {
    if (!image_) return;
    images_ = shape[0], height_ = shape[1], width_ = shape[2];
  }

  [[nodiscard]] std::size_t channels() const { return channels_; }
  [[nodiscard]] bool on_border(std::size_t i) const {
    if (!image_) return false;
    const auto pixel = static_cast<std::int64_t>(i / channels_);
    const std::int64_t x = pixel % width_, y = pixel / width_ % height_;
    return x == 0 || x + 1 == width_ || y == 0 || y + 1 == height_;
  }
  /// How many places an image has; 0 for tensors that are none.
  [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(height_ * width_); }
  [[nodiscard]] std::size_t place(std::size_t i) const {
    return i / channels_ % std::max<std::size_t>(count(), 1);
  }
  [[nodiscard]] std::int64_t border_elements() const {
    const auto inside = [](std::int64_t size) { return std::max<std::int64_t>(size - 2, 0); };
    return images_ * (height_ * width_ - inside(height_) * inside(width_)) *
           static_cast<std::int64_t>(channels_);
  }

 private:
  std::size_t channels_;
  bool image_;
  std::int64_t images_ = 0, height_ = 0, width_ = 0;
};

}  // namespace

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
  const Places places(a.spec->shape);
  channels_.resize(std::max(channels_.size(), places.channels()));
  places_.resize(std::max(places_.size(), places.count()));
  border_.elements += places.border_elements();
  for (std::size_t i = 0; i < va.size(); ++i) {
    const auto x = static_cast<double>(va[i]), y = static_cast<double>(vb[i]);
    const double real_a = scale * (x - zero), real_b = scale * (y - zero);
    aa_ += real_a * real_a, bb_ += real_b * real_b, ab_ += real_a * real_b;
    dd_ += (real_b - real_a) * (real_b - real_a);
    a_.add(x), b_.add(y);
    if (std::isnan(x) || std::isnan(y)) ++nans_;
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
    if (!channels_.empty()) ++channels_[i % places.channels()];
    if (!places_.empty()) ++places_[places.place(i)];
    if (places.on_border(i)) ++border_.mismatches;
  }
  for (int d = -kWidest; d <= kWidest; ++d) {
    const std::int64_t count = counts[static_cast<std::size_t>(d + kWidest)];
    if (count != 0) histogram_[d] += count;
  }
  elements_ += static_cast<std::int64_t>(va.size());
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

std::optional<std::int64_t> DifferenceStats::shift() const {
  if (width_ == 0 || elements_ == 0 || mismatches_ != elements_ || a_.least == a_.most) return std::nullopt;
  const auto codes = static_cast<std::int64_t>(width_) + 1;
  const auto most = std::max_element(histogram_.begin(), histogram_.end(),
                                     [](const auto& x, const auto& y) { return x.second < y.second; });
  const auto wrapped = [&](std::int64_t difference) {  // to -codes/2 + 1 ... codes/2
    const std::int64_t positive = ((difference % codes) + codes) % codes;
    return positive > codes / 2 ? positive - codes : positive;
  };
  const std::int64_t shift = wrapped(most->first);
  for (const auto& [difference, count] : histogram_) {
    if (std::abs(wrapped(difference - shift)) > 1) return std::nullopt;
  }
  return shift;
}

std::optional<double> DifferenceStats::cosine() const {
  if (aa_ == 0 || bb_ == 0) return std::nullopt;
  return mismatches_ == 0 ? 1.0 : ab_ / std::sqrt(aa_ * bb_);
}

}  // namespace nputwin
