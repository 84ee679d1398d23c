#include "kernels/requantize/forms.h"

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/requantize/requantize_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR  // one lane: nothing for these kernels; kernels/isa.cc does not offer it

using D32 = hn::ScalableTag<std::int32_t>;
using V32 = hn::Vec<D32>;
using Parameters = RequantizeParameters;

/// Clamps and stores the first `count` lanes as T.
template <typename T>
HWY_INLINE void store_codes(V32 y, V32 lo, V32 hi, int count, T* out) {
  const D32 d;
  const hn::Rebind<T, D32> d8;
  const auto codes = hn::DemoteTo(d8, hn::Min(hn::Max(y, lo), hi));
  if (count >= static_cast<int>(hn::Lanes(d))) {
    hn::StoreU(codes, d8, out);
    return;
  }
  HWY_ALIGN T spill[HWY_MAX_BYTES / sizeof(T)];
  hn::StoreU(codes, d8, spill);
  for (int i = 0; i < count; ++i) out[i] = spill[i];
}

/// The bits 31..62 of a*m + nudge, lane by lane.
HWY_INLINE V32 high_product(V32 a, V32 m, std::int64_t nudge) {
  const D32 d;
  const hn::RepartitionToWide<D32> d64;
  const auto nudges = hn::Set(d64, nudge);
  const auto odd = [&](V32 v) {
    return hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(hn::RebindToUnsigned<decltype(d64)>(), v)));
  };
  const auto even_lanes = hn::Add(hn::MulEven(a, m), nudges);
  const auto odd_lanes = hn::Add(hn::MulEven(odd(a), odd(m)), nudges);
  const auto even_high =
      hn::BitCast(d, hn::ShiftRight<31>(hn::BitCast(hn::RebindToUnsigned<decltype(d64)>(), even_lanes)));
  const auto odd_high = hn::BitCast(d, hn::ShiftLeft<1>(odd_lanes));
  return hn::OddEven(odd_high, even_high);
}

template <typename T>
void high_product(const Parameters& p, const std::int32_t* acc, std::ptrdiff_t acc_stride, int rows, int begin,
                  int count, void* out, std::ptrdiff_t out_stride) {
  const D32 d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto lo = hn::Set(d, p.clamp.lo), hi = hn::Set(d, p.clamp.hi), zero_point = hn::Set(d, p.zero_point);
  const auto one = hn::Set(d, 1);
  for (int c = 0; c < count; c += lanes) {
    const auto m = hn::LoadU(d, p.multiplier.data() + begin + c);
    const auto left = hn::LoadU(d, p.left.data() + begin + c);
    const auto right = hn::LoadU(d, p.right.data() + begin + c);
    const auto half = hn::ShiftRight<1>(hn::Shl(one, right));  // 0 where nothing is shifted out
    for (int r = 0; r < rows; ++r) {
      const auto a = hn::Shl(hn::LoadU(d, acc + r * acc_stride + c), left);
      auto h = high_product(a, m, p.nudge);
      auto nudged = hn::Add(h, half);
      if (p.away) {
        // half away from zero: a negative value needs one more than half to go up; nothing to do where right
        // is 0
        const auto rounds = hn::ShiftRight<31>(hn::Neg(right));  // -1 where right > 0
        nudged = hn::Add(nudged, hn::And(hn::ShiftRight<31>(h), rounds));
      }
      const auto y = hn::Add(hn::Shr(nudged, right), zero_point);
      store_codes<T>(y, lo, hi, count - c, static_cast<T*>(out) + r * out_stride + c);
    }
  }
}

template <typename T>
void binary32(const Parameters& p, const std::int32_t* acc, std::ptrdiff_t acc_stride, int rows, int begin, int count,
              void* out, std::ptrdiff_t out_stride) {
  const D32 d;
  const hn::RebindToFloat<D32> df;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto lo = hn::Set(d, p.clamp.lo), hi = hn::Set(d, p.clamp.hi), zero_point = hn::Set(d, p.zero_point);
  const auto lowest = hn::Set(df, static_cast<float>(p.clamp.lo - p.zero_point));
  const auto highest = hn::Set(df, static_cast<float>(p.clamp.hi - p.zero_point));
  for (int c = 0; c < count; c += lanes) {
    const auto scale = hn::LoadU(df, p.binary32.data() + begin + c);
    for (int r = 0; r < rows; ++r) {
      const auto product = hn::Mul(hn::ConvertTo(df, hn::LoadU(d, acc + r * acc_stride + c)), scale);
      const auto y = hn::NearestInt(hn::Min(hn::Max(product, lowest), highest));
      store_codes<T>(hn::Add(y, zero_point), lo, hi, count - c, static_cast<T*>(out) + r * out_stride + c);
    }
  }
}

/// round(acc*M + zero_point) half to even, or floor(acc*M + 1/2) + zero_point where `up`; all sums
/// exact.
template <typename T, bool up>
void exact(const Parameters& p, const std::int32_t* acc, std::ptrdiff_t acc_stride, int rows, int begin, int count,
           void* out, std::ptrdiff_t out_stride) {
  const D32 d;
  const hn::RepartitionToWide<hn::RebindToFloat<D32>> df;  // half as many lanes
  const hn::Rebind<std::int32_t, decltype(df)> dh;
  const int lanes = static_cast<int>(hn::Lanes(d)), wide = static_cast<int>(hn::Lanes(df));
  const auto lo = hn::Set(d, p.clamp.lo), hi = hn::Set(d, p.clamp.hi);
  const auto zero_point = hn::Set(df, static_cast<double>(p.zero_point));
  const auto inside = up ? hn::Set(df, 0.5) : zero_point;
  const auto half = [&](const std::int32_t* a, const double* scale) {
    const auto product = hn::Mul(hn::PromoteTo(df, hn::LoadU(dh, a)), hn::LoadU(df, scale));
    const auto sum = hn::Add(product, inside);
    return hn::DemoteTo(dh, up ? hn::Add(hn::Floor(sum), zero_point) : hn::Round(sum));
  };
  for (int c = 0; c < count; c += lanes) {
    const double* scale = p.binary64.data() + begin + c;
    for (int r = 0; r < rows; ++r) {
      const std::int32_t* a = acc + r * acc_stride + c;
      const auto y = hn::Combine(d, half(a + wide, scale + wide), half(a, scale));
      store_codes<T>(y, lo, hi, count - c, static_cast<T*>(out) + r * out_stride + c);
    }
  }
}

template <typename T>
void binary64(const Parameters& p, const std::int32_t* acc, std::ptrdiff_t acc_stride, int rows, int begin, int count,
              void* out, std::ptrdiff_t out_stride) {
  exact<T, false>(p, acc, acc_stride, rows, begin, count, out, out_stride);
}

template <typename T>
void half_up(const Parameters& p, const std::int32_t* acc, std::ptrdiff_t acc_stride, int rows, int begin, int count,
             void* out, std::ptrdiff_t out_stride) {
  exact<T, true>(p, acc, acc_stride, rows, begin, count, out, out_stride);
}

RequantizeKernels get_requantize_kernels() {
  return {
#define NPUTWIN_REQUANTIZE(name) {name<std::int8_t>, name<std::uint8_t>},
#include "kernels/requantize/kernels.inc"
#undef NPUTWIN_REQUANTIZE
  };
}

#else
RequantizeKernels get_requantize_kernels() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(RequantizeKernels, requantize_kernels)
#endif
