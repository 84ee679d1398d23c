#include "analysis/compare/difference_stats.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "kernels/differences/differences.h"

namespace nputwin {

/// Where a flat index of a tensor lies: in which channel, and, with four dimensions, whether in a first or last row or
/// column.
class DifferenceStats::Places {
 public:
  explicit Places(const Shape& shape)
      : channels_(shape.empty() ? 0 : static_cast<std::size_t>(shape.back())), image_(shape.size() == 4) {
    if (!image_) return;
    images_ = shape[0];
    height_ = shape[1];
    width_ = shape[2];
  }

  [[nodiscard]] std::size_t channels() const { return channels_; }
  /// How many places an image has; 0 for tensors that are none.
  [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(height_ * width_); }
  /// Of a pixel of all images, which place of its image it has.
  [[nodiscard]] std::size_t place(std::size_t pixel) const {
    return pixel < count() ? pixel : pixel % std::max<std::size_t>(count(), 1);
  }
  /// Of a number for each place, the sum over those in a first or last row or column.
  [[nodiscard]] std::int64_t on_border(std::span<const std::int64_t> of_places) const {
    std::int64_t sum = 0;
    for (std::int64_t y = 0; y < height_; ++y) {
      const bool whole_row = y == 0 || y + 1 == height_;
      const std::int64_t step = whole_row ? 1 : std::max<std::int64_t>(width_ - 1, 1);
      for (std::int64_t x = 0; x < width_; x += step) sum += of_places[static_cast<std::size_t>(y * width_ + x)];
    }
    return sum;
  }
  [[nodiscard]] std::int64_t border_elements() const {
    const auto inside = [](std::int64_t size) { return std::max<std::int64_t>(size - 2, 0); };
    return images_ * (height_ * width_ - inside(height_) * inside(width_)) * static_cast<std::int64_t>(channels_);
  }

 private:
  std::size_t channels_;
  bool image_;
  std::int64_t images_ = 0, height_ = 0, width_ = 0;
};

namespace {

/// Where a whole difference is counted. int64 values may be further apart than int64 tells; the ends, which leave room
/// to add codes to, stand for what is beyond.
std::int64_t histogram_step(double difference) {
  constexpr std::int64_t kEnd = std::int64_t{1} << 62;
  if (std::abs(difference) < static_cast<double>(kEnd)) return static_cast<std::int64_t>(difference);
  return difference < 0 ? -kEnd : kEnd;
}

void add_to(std::vector<std::int64_t>& counts, const std::vector<std::int64_t>& others) {
  counts.resize(std::max(counts.size(), others.size()));
  for (std::size_t i = 0; i < others.size(); ++i) counts[i] += others[i];
}

}  // namespace

void DifferenceStats::see_first(std::optional<std::int64_t> element) {
  if (element && (!first_ || *element < *first_)) first_ = element;
}

void DifferenceStats::add_mismatches(double difference, std::int64_t count, Sums& sums) {
  const auto n = static_cast<double>(count);
  mismatches_ += count;
  sums.differences += n * difference;
  sums.absolute += n * std::abs(difference);
  sums.squares += n * difference * difference;
  largest_ = std::max(largest_, std::abs(difference));
}

void DifferenceStats::add_place(std::size_t i, Adding& adding) {
  if (!adding.differs) see_first(adding.first_element + static_cast<std::int64_t>(i));
  adding.differs = true;
  if (channels_.empty()) return;
  const std::size_t pixel = i / adding.places.channels();
  ++channels_[i - pixel * adding.places.channels()];
  if (!places_.empty()) ++places_[adding.places.place(pixel)];
}

void DifferenceStats::add_bytes(const TensorView& a, const TensorView& b, double scale, std::int32_t zero,
                                CodeRange range, const Isa& isa, Adding& adding) {
  const Places& places = adding.places;
  const auto* bytes_a = reinterpret_cast<const std::uint8_t*>(a.bytes.data());
  const auto* bytes_b = reinterpret_cast<const std::uint8_t*>(b.bytes.data());
  const auto all = static_cast<std::int64_t>(a.bytes.size());
  // By images, so that the pixels of a call are its places.
  const std::int64_t each = places_.empty() ? all : static_cast<std::int64_t>(places.count() * places.channels());
  const DifferencesKernel count = differences_kernel(isa);
  CodeDifferences found;
  for (std::int64_t begin = 0; begin < all; begin += each) {
    count({bytes_a + begin, bytes_b + begin, each, static_cast<std::uint8_t>(range.lo < 0 ? 0x80 : 0),
           static_cast<std::int16_t>(zero - range.lo), static_cast<std::int64_t>(places.channels()),
           channels_.empty() ? nullptr : channels_.data(), places_.empty() ? nullptr : places_.data()},
          found);
    if (found.first < 0 || adding.differs) continue;
    see_first(adding.first_element + begin + found.first);
    adding.differs = true;
  }
  const double squared = scale * scale;
  adding.sums.aa = squared * static_cast<double>(found.aa);
  adding.sums.bb = squared * static_cast<double>(found.bb);
  adding.sums.ab = squared * static_cast<double>(found.ab);
  adding.sums.dd = squared * static_cast<double>(found.aa - 2 * found.ab + found.bb);
  saturated_ += found.saturated;
  if (all > 0) {
    a_.merge({static_cast<double>(found.least_a + range.lo), static_cast<double>(found.most_a + range.lo)});
    b_.merge({static_cast<double>(found.least_b + range.lo), static_cast<double>(found.most_b + range.lo)});
  }
  std::int64_t equal = all;
  constexpr int kWidest = CodeDifferences::kWidest;
  for (int d = -kWidest; d <= kWidest; ++d) {
    const std::int64_t unequal = found.counts[static_cast<std::size_t>(d + kWidest)];
    if (unequal == 0) continue;
    histogram_[d] += unequal;
    add_mismatches(d, unequal, adding.sums);
    equal -= unequal;
  }
  if (equal != 0) histogram_[0] += equal;
}

template <typename T>
void DifferenceStats::add_numbers(std::span<const T> a, std::span<const T> b, double scale, double zero,
                                  CodeRange range, Adding& adding) {
  constexpr bool kCodes = !std::is_same_v<T, float>;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    const double real_a = scale * (x - zero), real_b = scale * (y - zero);
    adding.sums.aa += real_a * real_a;
    adding.sums.bb += real_b * real_b;
    adding.sums.ab += real_a * real_b;
    adding.sums.dd += (real_b - real_a) * (real_b - real_a);
    a_.add(x);
    b_.add(y);
    if (std::isnan(x) || std::isnan(y)) ++nans_;
    if (kCodes && (x <= range.lo || x >= range.hi)) ++saturated_;
    if (kCodes) ++histogram_[histogram_step(y - x)];
    if (a[i] != b[i] && !(std::isnan(x) && std::isnan(y))) {
      add_mismatches(y - x, 1, adding.sums);
      add_place(i, adding);
    }
  }
}

template <typename T>
void DifferenceStats::add_typed(const TensorView& a, const TensorView& b, std::size_t sample, const Isa& isa) {
  const bool codes = !std::is_same_v<T, float>;
  const auto& q = a.spec->quantization;
  const CodeRange range = codes ? code_range(a.spec->type) : CodeRange{};
  if (codes) width_ = static_cast<double>(range.hi) - range.lo;
  const Places places(a.spec->shape);
  channels_.resize(std::max(channels_.size(), places.channels()));
  places_.resize(std::max(places_.size(), places.count()));
  const double scale = codes && q.per_tensor() ? static_cast<double>(q.scale[0]) : 1.0;
  const std::int32_t zero = codes && q.per_tensor() ? q.zero_point[0] : 0;
  const auto va = a.as<T>(), vb = b.as<T>();
  Adding adding{places, static_cast<std::int64_t>(sample * va.size()), {}, false};
  if constexpr (std::is_same_v<T, std::int8_t> || std::is_same_v<T, std::uint8_t>) {
    if (range.lo <= zero && zero <= range.hi) {
      add_bytes(a, b, scale, zero, range, isa, adding);
    } else {
      add_numbers(va, vb, scale, zero, range, adding);
    }
  } else {
    add_numbers(va, vb, scale, zero, range, adding);
  }
  add_sums(adding.sums);
  elements_ += static_cast<std::int64_t>(va.size());
  border_.elements += places.border_elements();
  border_.mismatches = places.on_border(places_);
}

void DifferenceStats::add_sums(const Sums& sums) {
  sum_.add(sums.differences);
  absolute_.add(sums.absolute);
  squares_.add(sums.squares);
  aa_.add(sums.aa);
  bb_.add(sums.bb);
  ab_.add(sums.ab);
  dd_.add(sums.dd);
}

void DifferenceStats::add(const TensorView& a, const TensorView& b, std::size_t sample, const Isa& isa) {
  switch (a.spec->type) {
    case DType::kFloat32:
      return add_typed<float>(a, b, sample, isa);
    case DType::kInt32:
      return add_typed<std::int32_t>(a, b, sample, isa);
    case DType::kUInt8:
      return add_typed<std::uint8_t>(a, b, sample, isa);
    case DType::kInt64:
      return add_typed<std::int64_t>(a, b, sample, isa);
    case DType::kBool:
      return add_typed<bool>(a, b, sample, isa);
    case DType::kInt16:
      return add_typed<std::int16_t>(a, b, sample, isa);
    case DType::kInt8:
      return add_typed<std::int8_t>(a, b, sample, isa);
  }
}

void DifferenceStats::merge(const DifferenceStats& other) {
  elements_ += other.elements_;
  mismatches_ += other.mismatches_;
  for (const auto& [difference, count] : other.histogram_) histogram_[difference] += count;
  largest_ = std::max(largest_, other.largest_);
  a_.merge(other.a_);
  b_.merge(other.b_);
  nans_ += other.nans_;
  saturated_ += other.saturated_;
  width_ = std::max(width_, other.width_);
  add_to(channels_, other.channels_);
  add_to(places_, other.places_);
  border_.elements += other.border_.elements;
  border_.mismatches += other.border_.mismatches;
  for (const auto sum : {&DifferenceStats::sum_, &DifferenceStats::absolute_, &DifferenceStats::squares_,
                         &DifferenceStats::aa_, &DifferenceStats::bb_, &DifferenceStats::ab_, &DifferenceStats::dd_})
    (this->*sum).merge(other.*sum);
  see_first(other.first_);
}

std::optional<double> DifferenceStats::sqnr_db() const {
  const double aa = aa_.value(), dd = dd_.value();
  if (dd == 0 || aa == 0) return std::nullopt;
  return plain(10 * std::log10(aa / dd));
}

double DifferenceStats::rms() const { return std::sqrt(per_element(squares_.value())); }

double DifferenceStats::deviation() const {
  return std::sqrt(std::max(per_element(squares_.value()) - bias() * bias(), 0.0));
}

std::optional<double> DifferenceStats::psnr_db() const {
  if (width_ == 0 || squares_.value() == 0) return std::nullopt;
  return plain(20 * std::log10(width_ / rms()));
}

std::optional<std::int64_t> DifferenceStats::shift() const {
  constexpr std::int64_t kFewest = 4;  // fewer may lie so by chance
  if (width_ == 0 || elements_ < kFewest || mismatches_ != elements_ || a_.least == a_.most) return std::nullopt;
  const auto codes = static_cast<std::int64_t>(width_) + 1;
  const auto most = std::max_element(histogram_.begin(), histogram_.end(),
                                     [](const auto& x, const auto& y) { return x.second < y.second; });
  const auto wrapped = [&](std::int64_t difference) {  // to -codes/2 + 1 ... codes/2
    const std::int64_t positive = ((difference % codes) + codes) % codes;
    return positive > codes / 2 ? positive - codes : positive;
  };
  const std::int64_t shift = wrapped(most->first);
  std::int64_t exact = 0;
  for (const auto& [difference, count] : histogram_) {
    const std::int64_t beside = wrapped(difference - shift);
    if (std::abs(beside) > 1) return std::nullopt;
    if (beside == 0) exact += count;
  }
  if (4 * exact < 3 * elements_) return std::nullopt;  // as by chance too
  return shift;
}

std::optional<double> DifferenceStats::cosine() const {
  const double aa = aa_.value(), bb = bb_.value();
  if (aa == 0 || bb == 0) return std::nullopt;
  return mismatches_ == 0 ? 1.0 : plain(ab_.value() / std::sqrt(aa * bb));
}

}  // namespace nputwin
