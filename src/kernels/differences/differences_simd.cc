#include "kernels/differences/differences.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/differences/differences_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/dot-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR  // one lane: nothing for these kernels; kernels/isa.cc does not offer it

/// Compares codes in two passes over blocks that stay in the first-level cache: sums and which pairs are unequal, then
/// of 64 pairs with an unequal one by how much and where.
class DifferenceCounter {
 public:
  DifferenceCounter(const CodePairs& pairs, CodeDifferences& found) : pairs_(pairs), found_(found) {
    const std::int64_t period = pairs.channels <= 0 ? 0 : std::lcm(pairs.channels, lanes());
    if (pairs.of_channels != nullptr && period <= kMostPeriod && period <= pairs.count) period_ = period;
    std::memset(counters_, 0, static_cast<std::size_t>(period_));
  }

  void run() {
    const std::int64_t whole = pairs_.count - pairs_.count % lanes();
    for (std::int64_t begin = 0; begin < whole; begin += kVectors * lanes()) {
      const std::int64_t end = std::min(begin + kVectors * lanes(), whole);
      std::memset(same_, 0xFF, sizeof same_);
      add_sums(begin, end);
      add_unequal(begin, end);
    }
    flush_channels();
    differences_scalar(pairs_, whole, found_);
  }

 private:
  using D8 = hn::ScalableTag<std::uint8_t>;
  using D16 = hn::ScalableTag<std::int16_t>;
  using D32 = hn::ScalableTag<std::int32_t>;
  using D64 = hn::ScalableTag<std::uint64_t>;
  using V8 = hn::Vec<D8>;
  static constexpr std::int64_t kWord = 64;
  // Vectors in a block: byte counters hold 255, and sums of 128 * 64 products of at most 255^2 fit int32.
  static constexpr std::int64_t kVectors = 128;
  static constexpr std::int64_t kMostPeriod = 4096;

  static std::int64_t lanes() { return static_cast<std::int64_t>(hn::Lanes(D8())); }
  HWY_INLINE V8 load(const std::uint8_t* codes, std::int64_t i) const {
    return hn::Xor(hn::LoadU(D8(), codes + i), hn::Set(D8(), pairs_.flip));
  }
  static std::int64_t bytes_of(V8 counters) {
    return static_cast<std::int64_t>(hn::GetLane(hn::SumOfLanes(D64(), hn::SumsOf8(counters))));
  }
  template <typename V>
  static std::int64_t sum_of(V sums) {
    return hn::GetLane(hn::SumOfLanes(D32(), sums));
  }
  template <typename F>
  static void each_lane(V8 values, F&& f) {
    HWY_ALIGN std::uint8_t lane[hn::MaxLanes(D8())];
    hn::Store(values, D8(), lane);
    for (std::int64_t i = 0; i < lanes(); ++i) f(int{lane[i]});
  }

  void add_sums(std::int64_t begin, std::int64_t end) {
    const D8 d8;
    const D16 d16;
    const D32 d32;
    const auto none = hn::Zero(d8), one = hn::Set(d8, 1), ends = hn::Set(d8, 255);
    const auto zero = hn::Set(d16, pairs_.zero);
    auto aa = hn::Zero(d32), bb = aa, ab = aa;
    auto least_a = ends, most_a = none, least_b = ends, most_b = none, saturated = none;
    auto* bits = reinterpret_cast<std::uint8_t*>(same_);
    const auto add = [&](V8 x, V8 y) {
      const auto p = hn::Sub(hn::BitCast(d16, x), zero), q = hn::Sub(hn::BitCast(d16, y), zero);
      aa = dot_pairs(d32, aa, p, p);
      bb = dot_pairs(d32, bb, q, q);
      ab = dot_pairs(d32, ab, p, q);
    };
    for (std::int64_t i = begin; i < end; i += lanes()) {
      const auto x = load(pairs_.a, i), y = load(pairs_.b, i);
      least_a = hn::Min(least_a, x), most_a = hn::Max(most_a, x);
      least_b = hn::Min(least_b, y), most_b = hn::Max(most_b, y);
      const auto at_end = hn::Or(hn::Eq(x, none), hn::Eq(x, ends));
      saturated = hn::Add(saturated, hn::IfThenElseZero(at_end, one));
      add(hn::InterleaveLower(d8, x, none), hn::InterleaveLower(d8, y, none));
      add(hn::InterleaveUpper(d8, x, none), hn::InterleaveUpper(d8, y, none));
      bits += hn::StoreMaskBits(d8, hn::Eq(x, y), bits);
    }
    found_.aa += sum_of(aa);
    found_.bb += sum_of(bb);
    found_.ab += sum_of(ab);
    found_.saturated += bytes_of(saturated);
    each_lane(least_a, [&](int code) { found_.least_a = std::min(found_.least_a, code); });
    each_lane(most_a, [&](int code) { found_.most_a = std::max(found_.most_a, code); });
    each_lane(least_b, [&](int code) { found_.least_b = std::min(found_.least_b, code); });
    each_lane(most_b, [&](int code) { found_.most_b = std::max(found_.most_b, code); });
  }

  void add_unequal(std::int64_t begin, std::int64_t end) {
    const D8 d8;
    auto less_2 = hn::Zero(d8), less_1 = less_2, more_1 = less_2, more_2 = less_2;
    for (std::int64_t i = begin; i < end; i += kWord) {
      const std::uint64_t unequal = ~same_[(i - begin) / kWord];
      const std::int64_t stop = std::min(i + kWord, end);
      if (unequal == 0) {
        pass_channels(stop - i);
        continue;
      }
      if (found_.first < 0) found_.first = i + std::countr_zero(unequal);
      if (pairs_.of_pixels != nullptr) add_pixels(i, unequal);
      if (period_ == 0 && pairs_.of_channels != nullptr) {
        each_bit(unequal, [&](int bit) { ++pairs_.of_channels[(i + bit) % pairs_.channels]; });
      }
      for (std::int64_t at = i; at < stop; at += lanes()) {
        const auto x = load(pairs_.a, at), y = load(pairs_.b, at);
        const auto same = hn::Eq(x, y);
        add_channels(hn::IfThenZeroElse(same, hn::Set(d8, 1)));
        const auto known = hn::Or(hn::Or(hn::Or(same, count(x, y, 1, more_1)), count(x, y, 2, more_2)),
                                  hn::Or(count(y, x, 1, less_1), count(y, x, 2, less_2)));
        if (!hn::AllTrue(d8, known)) add_far(at, known);
      }
    }
    constexpr std::size_t kSame = CodeDifferences::kWidest;
    found_.counts[kSame - 2] += bytes_of(less_2);
    found_.counts[kSame - 1] += bytes_of(less_1);
    found_.counts[kSame + 1] += bytes_of(more_1);
    found_.counts[kSame + 2] += bytes_of(more_2);
  }

  /// Where `to` is `from` plus `step`, which are counted.
  HWY_INLINE static hn::Mask<D8> count(V8 from, V8 to, std::uint8_t step, V8& counter) {
    const D8 d8;
    const auto apart = hn::Eq(hn::SaturatedSub(to, from), hn::Set(d8, step));
    counter = hn::Add(counter, hn::IfThenElseZero(apart, hn::Set(d8, 1)));
    return apart;
  }

  /// Pairs that are further apart, one by one.
  void add_far(std::int64_t at, hn::Mask<D8> known) {
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(D8(), hn::Not(known), bytes);
    std::uint64_t far = 0;
    std::memcpy(&far, bytes, sizeof far);
    each_bit(far, [&](int bit) {
      const int difference = pairs_.code_b(at + bit) - pairs_.code_a(at + bit);
      ++found_.counts[static_cast<std::size_t>(difference + CodeDifferences::kWidest)];
    });
  }

  template <typename F>
  static void each_bit(std::uint64_t bits, F&& f) {
    for (; bits != 0; bits &= bits - 1) f(std::countr_zero(bits));
  }

  void add_pixels(std::int64_t begin, std::uint64_t unequal) {
    std::int64_t pixel = begin / pairs_.channels, left = (pixel + 1) * pairs_.channels - begin;
    for (; left < kWord; left = pairs_.channels, ++pixel) {
      pairs_.of_pixels[pixel] += std::popcount(unequal & ((std::uint64_t{1} << left) - 1));
      unequal >>= left;
      if (unequal == 0) return;
    }
    pairs_.of_pixels[pixel] += std::popcount(unequal);
  }

  // Channels are counted by byte counters, one for each place in a period: the pairs after which vectors meet the same
  // channels again.
  HWY_INLINE void add_channels(V8 unequal) {
    if (period_ == 0) return;
    std::uint8_t* counters = counters_ + place_;
    hn::StoreU(hn::Add(hn::LoadU(D8(), counters), unequal), D8(), counters);
    pass_channels(lanes());
  }
  void pass_channels(std::int64_t pairs) {
    if (period_ == 0) return;
    for (place_ += pairs; place_ >= period_; place_ -= period_) {
      constexpr int kMost = 255;
      if (++periods_ == kMost) flush_channels();
    }
  }
  void flush_channels() {
    for (std::int64_t at = 0; at < period_; at += pairs_.channels) {
      for (std::int64_t c = 0; c < pairs_.channels; ++c) pairs_.of_channels[c] += counters_[at + c];
    }
    std::memset(counters_, 0, static_cast<std::size_t>(period_));
    periods_ = 0;
  }

  const CodePairs& pairs_;
  CodeDifferences& found_;
  std::int64_t period_ = 0, place_ = 0;  // 0: each channel one by one
  int periods_ = 0;                      // since the counters were zero
  std::uint64_t same_[kVectors];         // a bit for each pair of a block; those beyond are set
  std::uint8_t counters_[kMostPeriod];
};

void count_differences(const CodePairs& pairs, CodeDifferences& found) { DifferenceCounter(pairs, found).run(); }

DifferencesKernel get_differences_codes() { return count_differences; }

#else
DifferencesKernel get_differences_codes() { return nullptr; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(DifferencesKernel, differences_codes)
#endif
