#include "kernels/resize/resize.h"

#include <cmath>

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/resize/resize_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Whole vectors of a pixel's channels are written; what a pixel writes too much, the next one overwrites.
template <typename T>
void resize_columns(const T* HWY_RESTRICT row, const ResizeColumn* HWY_RESTRICT columns, std::int64_t count,
                    std::int64_t channels, int bits, std::int32_t* HWY_RESTRICT out) {
  const hn::ScalableTag<std::int32_t> d;
  const hn::Rebind<T, decltype(d)> codes;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t x = 0; x < count; ++x, out += channels) {
    const auto weight = hn::Set(d, columns[x].weight);
    const T *left = row + columns[x].left, *right = row + columns[x].right;
    for (std::int64_t c = 0; c < channels; c += lanes) {
      const auto l = hn::PromoteTo(d, hn::LoadU(codes, left + c)), r = hn::PromoteTo(d, hn::LoadU(codes, right + c));
      hn::StoreU(hn::Add(hn::ShiftLeftSame(l, bits), hn::Mul(hn::Sub(r, l), weight)), d, out + c);
    }
  }
}

template <typename T>
HWY_INLINE T resized_code(std::int32_t top, std::int32_t bottom, int bits, std::int32_t weight, bool away) {
  // As the vectors do: where the final sum fits into 32 bits, it does not matter that parts of it wrap.
  const std::uint32_t sum =
      (static_cast<std::uint32_t>(top) << bits) +
      (static_cast<std::uint32_t>(bottom) - static_cast<std::uint32_t>(top)) * static_cast<std::uint32_t>(weight);
  const auto x = static_cast<std::int32_t>(sum);
  return static_cast<T>((x + (std::int32_t{1} << (2 * bits - 1)) + (away ? x >> 31 : 0)) >> (2 * bits));
}

template <typename T, bool away>
void resize_rows_as(const std::int32_t* HWY_RESTRICT top, const std::int32_t* HWY_RESTRICT bottom, std::int64_t count,
                    int bits, std::int32_t weight, T* HWY_RESTRICT out) {
  const hn::ScalableTag<std::int32_t> d;
  const hn::Rebind<T, decltype(d)> codes;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto w = hn::Set(d, weight), half = hn::Set(d, std::int32_t{1} << (2 * bits - 1));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto t = hn::LoadU(d, top + i), b = hn::LoadU(d, bottom + i);
    const auto x = hn::Add(hn::ShiftLeftSame(t, bits), hn::Mul(hn::Sub(b, t), w));
    auto nudged = hn::Add(x, half);
    if (away) nudged = hn::Add(nudged, hn::ShiftRight<31>(x));  // a tie below zero goes down
    hn::StoreU(hn::DemoteTo(codes, hn::ShiftRightSame(nudged, 2 * bits)), codes, out + i);
  }
  for (; i < count; ++i) out[i] = resized_code<T>(top[i], bottom[i], bits, weight, away);
}

template <typename T>
void resize_rows(const std::int32_t* top, const std::int32_t* bottom, std::int64_t count, int bits, std::int32_t weight,
                 bool away, T* out) {
  const auto rows = away ? resize_rows_as<T, true> : resize_rows_as<T, false>;
  rows(top, bottom, count, bits, weight, out);
}

void resize_corners(const std::uint8_t* HWY_RESTRICT row, const ResizeColumn* HWY_RESTRICT columns, std::int64_t count,
                    std::int64_t channels, float* HWY_RESTRICT left, float* HWY_RESTRICT right) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> wide;
  const hn::Rebind<std::uint8_t, decltype(d)> codes;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto widened = [&](const std::uint8_t* from, float* to) {
    for (std::int64_t c = 0; c < channels; c += lanes)
      hn::StoreU(hn::ConvertTo(d, hn::PromoteTo(wide, hn::LoadU(codes, from + c))), d, to + c);
  };
  for (std::int64_t x = 0; x < count; ++x) {
    widened(row + columns[x].left, left + x * channels);
    widened(row + columns[x].right, right + x * channels);
  }
}

#if HWY_ARCH_ARM_A64 || (HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2)
#define NPUTWIN_RESIZE_FUSES 1
#else
#define NPUTWIN_RESIZE_FUSES 0
#endif

/// a * b + c, rounded once where `fused`, else twice.
template <bool fused, class V>
HWY_INLINE V resize_plus(V a, V b, V c) {
  if constexpr (fused) {
    return hn::MulAdd(a, b, c);
  } else {
    return hn::Add(hn::Mul(a, b), c);
  }
}

template <ResizeBlend form, bool fused>
void resize_blend(const float* HWY_RESTRICT tl, const float* HWY_RESTRICT tr, const float* HWY_RESTRICT bl,
                  const float* HWY_RESTRICT br, const float* HWY_RESTRICT fx, float fy, std::int64_t count,
                  std::uint8_t* HWY_RESTRICT out) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> wide;
  const hn::Rebind<std::uint8_t, decltype(d)> codes;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto y = hn::Set(d, fy), g = hn::Set(d, 1 - fy), one = hn::Set(d, 1.0F), half = hn::Set(d, 0.5F);
  const auto plus = [](auto a, auto b, auto c) { return resize_plus<fused>(a, b, c); };
  for (std::int64_t i = 0; i < count; i += lanes) {
    const auto x = hn::LoadU(d, fx + i), h = hn::Sub(one, x);
    const auto a = hn::LoadU(d, tl + i), b = hn::LoadU(d, tr + i), p = hn::LoadU(d, bl + i), q = hn::LoadU(d, br + i);
    auto sum = half;
    if constexpr (form == ResizeBlend::kColumnsLast) {
      sum = plus(hn::Mul(q, y), x, plus(hn::Mul(b, g), x, plus(hn::Mul(a, g), h, hn::Mul(hn::Mul(p, y), h))));
    } else if constexpr (form == ResizeBlend::kFactored) {
      sum = plus(plus(a, g, hn::Mul(p, y)), h, hn::Mul(plus(b, g, hn::Mul(q, y)), x));
    } else {
      sum = plus(a, hn::Mul(g, h), hn::Mul(b, hn::Mul(g, x)));
      if constexpr (form == ResizeBlend::kEarlyHalf) sum = hn::Add(sum, half);
      sum = plus(q, hn::Mul(y, x), plus(p, hn::Mul(y, h), sum));
    }
    if constexpr (form != ResizeBlend::kEarlyHalf) sum = hn::Add(sum, half);
    const auto result = hn::DemoteTo(codes, hn::ConvertTo(wide, sum));
    if (i + lanes <= count) {
      hn::StoreU(result, codes, out + i);
    } else {
      HWY_ALIGN std::uint8_t spill[HWY_MAX_BYTES];
      hn::StoreU(result, codes, spill);
      for (std::int64_t k = i; k < count; ++k) out[k] = spill[k - i];
    }
  }
}

template <bool fused>
void set_blends(ResizeKernels::Blend* blends) {
  blends[static_cast<int>(ResizeBlend::kColumnsLast)] = resize_blend<ResizeBlend::kColumnsLast, fused>;
  blends[static_cast<int>(ResizeBlend::kWeightsFirst)] = resize_blend<ResizeBlend::kWeightsFirst, fused>;
  blends[static_cast<int>(ResizeBlend::kEarlyHalf)] = resize_blend<ResizeBlend::kEarlyHalf, fused>;
  blends[static_cast<int>(ResizeBlend::kFactored)] = resize_blend<ResizeBlend::kFactored, fused>;
}

ResizeKernels get_resize_lines() {
  ResizeKernels kernels;
  kernels.i8 = {resize_columns<std::int8_t>, resize_rows<std::int8_t>};
  kernels.u8 = {resize_columns<std::uint8_t>, resize_rows<std::uint8_t>};
  kernels.corners = resize_corners;
  set_blends<false>(kernels.blend);
  if constexpr (NPUTWIN_RESIZE_FUSES) set_blends<true>(kernels.fused);
  return kernels;
}
#undef NPUTWIN_RESIZE_FUSES

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(ResizeKernels, resize_lines)
#endif
