#include "kernels/pairs/pairs.h"

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/pairs/pairs_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/dot-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR  // one lane: nothing for these kernels; kernels/isa.cc does not offer it

namespace pairs {

using DF = hn::ScalableTag<float>;
using D32 = hn::RebindToSigned<DF>;
using VF = hn::Vec<DF>;

/// Adding it leaves no fraction bits, and addition rounds to even; the integer is then in the low bits.
constexpr float kShifter = 12582912.0F;
constexpr std::size_t kLanes = hn::MaxLanes(DF());
constexpr std::size_t kBlock = 2 * kLanes;

template <typename T>
HWY_INLINE VF load(const T* codes) {
  const hn::Rebind<T, DF> d;
  return hn::ConvertTo(DF(), hn::PromoteTo(D32(), hn::LoadU(d, codes)));
}

struct Coefficients {
  explicit HWY_INLINE Coefficients(const BilinearForm& f)
      : m(hn::Set(DF(), f.m)), s(hn::Set(DF(), f.s)), t(hn::Set(DF(), f.t)), u(hn::Set(DF(), f.u)) {}
  HWY_INLINE VF operator()(VF a, VF b) const { return hn::MulAdd(hn::MulAdd(a, m, t), b, hn::MulAdd(a, s, u)); }

  VF m, s, t, u;
};

/// Two vectors of integers as codes of T, saturated.
template <typename T>
HWY_INLINE auto narrow(hn::Vec<D32> first, hn::Vec<D32> second) {
  const hn::Rebind<T, hn::Repartition<std::int16_t, D32>> d;
#if HWY_TARGET == HWY_AVX2
  const hn::Repartition<std::int16_t, D32> d16;
  const hn::Vec<decltype(d16)> both{_mm256_permute4x64_epi64(_mm256_packs_epi32(first.raw, second.raw), 0xD8)};
  return hn::DemoteTo(d, both);
#else
  const hn::Rebind<T, D32> half;
  return hn::Combine(d, hn::DemoteTo(half, second), hn::DemoteTo(half, first));
#endif
}

/// kBlock codes; those too near to a tie by the table.
template <typename T, bool guarded>
HWY_INLINE void bilinear_block(const Coefficients& f, const BilinearForm& form, const T* a, const T* b,
                               const std::uint8_t* table, T* out) {
  const DF d;
  const hn::Rebind<T, hn::Repartition<std::int16_t, D32>> d_codes;
  const auto shifter = hn::Set(d, kShifter);
  const auto shifter_bits = hn::BitCast(D32(), shifter);
  auto first = f(load(a), load(b)), second = f(load(a + kLanes), load(b + kLanes));
  if constexpr (guarded) {  // what is clamped is no tie
    const auto lo = hn::Set(d, form.lo), hi = hn::Set(d, form.hi);
    first = hn::Min(hn::Max(first, lo), hi);
    second = hn::Min(hn::Max(second, lo), hi);
  }
  const auto first_shifted = hn::Add(first, shifter), second_shifted = hn::Add(second, shifter);
  auto codes = narrow<T>(hn::Sub(hn::BitCast(D32(), first_shifted), shifter_bits),
                         hn::Sub(hn::BitCast(D32(), second_shifted), shifter_bits));
  if constexpr (!guarded)
    codes =
        hn::Min(hn::Max(codes, hn::Set(d_codes, static_cast<T>(form.lo))), hn::Set(d_codes, static_cast<T>(form.hi)));
  hn::StoreU(codes, d_codes, out);
  if constexpr (guarded) {
    const auto limit = hn::Set(d, form.limit);
    const auto near_first = hn::Ge(hn::Abs(hn::Sub(first, hn::Sub(first_shifted, shifter))), limit);
    const auto near_second = hn::Ge(hn::Abs(hn::Sub(second, hn::Sub(second_shifted, shifter))), limit);
    if (HWY_LIKELY(hn::AllFalse(d, hn::Or(near_first, near_second)))) return;
    std::uint64_t bits[2] = {};  // StoreMaskBits writes whole bytes, at least one
    hn::StoreMaskBits(d, near_first, reinterpret_cast<std::uint8_t*>(&bits[0]));
    hn::StoreMaskBits(d, near_second, reinterpret_cast<std::uint8_t*>(&bits[1]));
    for (std::uint64_t near = bits[0] | bits[1] << kLanes; near != 0; near &= near - 1) {
      const int i = std::countr_zero(near);
      const std::size_t place = place_in_pair_table(static_cast<std::uint8_t>(a[i]), static_cast<std::uint8_t>(b[i]));
      out[i] = static_cast<T>(table[place]);
    }
  }
}

/// block(a, b, out) for each kSize codes, the last ones too.
template <std::size_t kSize, typename T, typename Block>
HWY_INLINE void by_blocks(const T* a, const T* b, std::int64_t count, T* out, const Block& block) {
  constexpr auto kStep = static_cast<std::int64_t>(kSize);
  std::int64_t i = 0;
  for (; i + kStep <= count; i += kStep) block(a + i, b + i, out + i);
  if (i == count) return;
  T last_a[kSize] = {}, last_b[kSize] = {}, codes[kSize];
  const auto left = static_cast<std::size_t>(count - i);
  std::memcpy(last_a, a + i, left);
  std::memcpy(last_b, b + i, left);
  block(last_a, last_b, codes);
  std::memcpy(out + i, codes, left);
}

template <typename T>
void bilinear(const BilinearForm& form, const T* a, const T* b, std::int64_t count, const std::uint8_t* table, T* out) {
  const Coefficients f(form);
  if (form.limit > 0.5F) {
    by_blocks<kBlock>(a, b, count, out, [&](const T* x, const T* y, T* codes) HWY_ATTR {
      bilinear_block<T, false>(f, form, x, y, table, codes);
    });
  } else {
    by_blocks<kBlock>(a, b, count, out, [&](const T* x, const T* y, T* codes) HWY_ATTR {
      bilinear_block<T, true>(f, form, x, y, table, codes);
    });
  }
}

using D16 = hn::Repartition<std::int16_t, D32>;
using V32 = hn::Vec<D32>;
using V16 = hn::Vec<D16>;

template <typename T>
HWY_INLINE V16 widen(const T* codes) {
  const hn::Rebind<T, D16> d;
  return hn::PromoteTo(D16(), hn::LoadU(d, codes));
}

/// Of integers as InterleaveLower and InterleaveUpper leave them; plus zero, clamped.
template <typename T>
HWY_INLINE void store_codes(V32 lower, V32 upper, V16 zero, T lo, T hi, T* out) {
  const hn::Rebind<T, D16> d;
  const auto codes = hn::DemoteTo(d, hn::SaturatedAdd(hn::ReorderDemote2To(D16(), lower, upper), zero));
  hn::StoreU(hn::Min(hn::Max(codes, hn::Set(d, lo)), hn::Set(d, hi)), d, out);
}

/// Two multipliers, as halves of 32-bit lanes.
HWY_INLINE V16 both(std::int32_t a, std::int32_t b) {
  const auto bits = static_cast<std::uint32_t>(a & 0xFFFF) | static_cast<std::uint32_t>(b) << 16;
  return hn::BitCast(D16(), hn::Set(D32(), static_cast<std::int32_t>(bits)));
}

template <typename T>
void shifted_sum(const ShiftedSumForm& form, const T* a, const T* b, std::int64_t count, T* out) {
  // a*m = a*(m >> 7 << 7) + a*(m & 127): both parts of a multiplier fit 16 bits.
  const auto high = both(form.ma >> 7, form.mb >> 7), low = both(form.ma & 127, form.mb & 127);
  const auto start = hn::Set(D32(), form.start), none = hn::Zero(D32());
  const auto zero = hn::Set(D16(), static_cast<std::int16_t>(form.zero));
  const auto lo = static_cast<T>(form.lo), hi = static_cast<T>(form.hi);
  by_blocks<hn::MaxLanes(D16())>(a, b, count, out, [&](const T* x, const T* y, T* codes) HWY_ATTR {
    const auto wide_x = widen(x), wide_y = widen(y);
    const auto shifted = [&](V16 pairs) HWY_ATTR {
      const auto sum =
          hn::Add(dot_pairs(D32(), start, pairs, low), hn::ShiftLeft<7>(dot_pairs(D32(), none, pairs, high)));
      return hn::ShiftRightSame(sum, form.shift);
    };
    store_codes(shifted(hn::InterleaveLower(wide_x, wide_y)), shifted(hn::InterleaveUpper(D16(), wide_x, wide_y)), zero,
                lo, hi, codes);
  });
}

template <bool sides>
HWY_INLINE V32 scaled(const Scaling& f, V32 integer) {
  const DF d;
  const auto x = hn::ConvertTo(d, integer), shifter = hn::Set(d, kShifter), above = hn::Set(d, f.above);
  const auto moved = sides ? hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Set(d, f.below), above) : above;
  const auto shifted = hn::Add(hn::MulAdd(x, hn::Set(d, f.ratio), moved), shifter);
  return hn::Sub(hn::BitCast(D32(), shifted), hn::BitCast(D32(), shifter));
}

/// Codes of the integers that `integers(a, b, lower)` makes of two vectors of codes: those that InterleaveLower
/// leaves, or InterleaveUpper.
template <bool sides, typename T, typename Integers>
HWY_INLINE void scaled_codes(const Scaling& f, const T* a, const T* b, std::int64_t count, T* out,
                             const Integers& integers) {
  const auto zero = hn::Set(D16(), static_cast<std::int16_t>(f.zero));
  const auto lo = static_cast<T>(f.lo), hi = static_cast<T>(f.hi);
  by_blocks<hn::MaxLanes(D16())>(a, b, count, out, [&](const T* x, const T* y, T* codes) HWY_ATTR {
    V32 lower, upper;
    integers(widen(x), widen(y), lower, upper);
    store_codes(scaled<sides>(f, lower), scaled<sides>(f, upper), zero, lo, hi, codes);
  });
}

template <typename T, typename Integers>
HWY_INLINE void scaled_codes_by_sides(const Scaling& f, const T* a, const T* b, std::int64_t count, T* out,
                                      const Integers& integers) {
  if (f.below == f.above) {
    scaled_codes<false>(f, a, b, count, out, integers);
  } else {
    scaled_codes<true>(f, a, b, count, out, integers);
  }
}

template <typename T>
void product(const ProductForm& form, const T* a, const T* b, std::int64_t count, T* out) {
  const auto za = hn::Set(D16(), static_cast<std::int16_t>(form.za)),
             zb = hn::Set(D16(), static_cast<std::int16_t>(form.zb));
  scaled_codes_by_sides(form.scaling, a, b, count, out, [&](V16 x, V16 y, V32& lower, V32& upper) HWY_ATTR {
    const auto centred_x = hn::Sub(x, za), centred_y = hn::Sub(y, zb);
    const auto low = hn::Mul(centred_x, centred_y), high = hn::MulHigh(centred_x, centred_y);
    lower = hn::BitCast(D32(), hn::InterleaveLower(low, high));
    upper = hn::BitCast(D32(), hn::InterleaveUpper(D16(), low, high));
  });
}

template <typename T>
void weighted_sum(const WeightedSumForm& form, const T* a, const T* b, std::int64_t count, T* out) {
  const auto weights = both(form.wa, form.wb);
  const auto start = hn::Set(D32(), form.start);
  scaled_codes_by_sides(form.scaling, a, b, count, out, [&](V16 x, V16 y, V32& lower, V32& upper) HWY_ATTR {
    lower = dot_pairs(D32(), start, hn::InterleaveLower(x, y), weights);
    upper = dot_pairs(D32(), start, hn::InterleaveUpper(D16(), x, y), weights);
  });
}

void scale(const Scaling& f, const std::int32_t* x, std::int64_t count, std::int32_t* codes) {
  const D32 d;
  const auto lo = hn::Set(d, f.lo), hi = hn::Set(d, f.hi), zero = hn::Set(d, f.zero);
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t i = 0; i < count; i += lanes) {
    const auto integers = hn::LoadU(d, x + i);
    const auto y = f.below == f.above ? scaled<false>(f, integers) : scaled<true>(f, integers);
    hn::StoreU(hn::Min(hn::Max(hn::Add(y, zero), lo), hi), d, codes + i);
  }
}

template <typename T>
void compare(const BilinearForm& form, const T* a, const T* b, const T* expected, BilinearMisses& misses) {
  const DF d;
  const Coefficients f(form);
  const auto lo = hn::Set(d, form.lo), hi = hn::Set(d, form.hi), half = hn::Set(d, 0.5F), one = hn::Set(d, 1.0F);
  const auto shifter = hn::Set(d, kShifter), far = hn::Set(d, 1e9F);
  auto limit = hn::Set(d, misses.limit), least = hn::Set(d, misses.least), most = hn::Set(d, misses.most);
  for (std::size_t i = 0; i < 256; i += kLanes) {
    const auto x = f(load(a + i), load(b + i)), code = load(expected + i);
    const auto clamped = hn::Min(hn::Max(x, lo), hi);
    const auto nearest = hn::Sub(hn::Add(clamped, shifter), shifter);
    const auto distance = hn::Abs(hn::Sub(clamped, nearest));
    limit = hn::Min(limit, hn::IfThenElse(hn::Eq(nearest, code), one, distance));
    const auto add = hn::Sub(code, x);  // what makes x the code
    least = hn::Max(least, hn::IfThenElse(hn::Eq(code, lo), hn::Neg(far), hn::Sub(add, half)));
    most = hn::Min(most, hn::IfThenElse(hn::Eq(code, hi), far, hn::Add(add, half)));
  }
  misses.limit = hn::GetLane(hn::MinOfLanes(d, limit));
  misses.least = hn::GetLane(hn::MaxOfLanes(d, least));
  misses.most = hn::GetLane(hn::MinOfLanes(d, most));
}

}  // namespace pairs

template <typename T>
PairLoops<T> pair_loops() {
  return {pairs::bilinear<T>, pairs::shifted_sum<T>, pairs::product<T>, pairs::weighted_sum<T>, pairs::compare<T>};
}

PairKernels get_pairs_forms() { return {pair_loops<std::int8_t>(), pair_loops<std::uint8_t>(), pairs::scale}; }

#else
PairKernels get_pairs_forms() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(PairKernels, pairs_forms)
#endif
