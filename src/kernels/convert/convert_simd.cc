#include "kernels/convert/convert.h"

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/convert/convert_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR  // one lane: nothing for these kernels; kernels/isa.cc does not offer it

namespace convert {

using DF = hn::ScalableTag<float>;
using D32 = hn::RebindToSigned<DF>;
using VF = hn::Vec<DF>;
constexpr std::size_t kLanes = hn::MaxLanes(DF());

/// out[i] = f(in[i]), where block(in, out) makes kLanes of them; the last ones too.
template <typename In, typename Out, typename Block>
HWY_INLINE void by_blocks(const In* in, std::int64_t count, Out* out, const Block& block) {
  constexpr auto kStep = static_cast<std::int64_t>(kLanes);
  std::int64_t i = 0;
  for (; i + kStep <= count; i += kStep) block(in + i, out + i);
  if (i == count) return;
  In last[kLanes] = {};
  Out made[kLanes];
  const auto left = static_cast<std::size_t>(count - i);
  std::memcpy(last, in + i, left * sizeof(In));
  block(last, made);
  std::memcpy(out + i, made, left * sizeof(Out));
}

template <typename T, bool divides, bool half_away>
HWY_INLINE void quantize_by(const QuantizeForm& form, const float* in, std::int64_t count, T* out) {
  constexpr float kFar = 1000000, kShifter = 12582912.0F;  // 1.5 * 2^23: adding it rounds to even
  const DF d;
  const D32 di;
  const auto factor = hn::Set(d, form.factor), inside = hn::Set(d, form.inside);
  const auto far = hn::Set(d, kFar), lowest = hn::Set(d, -kFar), shifter = hn::Set(d, kShifter),
             half = hn::Set(d, 0.5F);
  const auto zero = hn::Set(di, form.zero), lo = hn::Set(di, form.lo), hi = hn::Set(di, form.hi);
  by_blocks(in, count, out, [&](const float* from, T* to) HWY_ATTR {
    const auto loaded = hn::LoadU(d, from);
    const auto v = hn::IfThenElseZero(hn::Eq(loaded, loaded), loaded);
    const auto scaled = hn::Add(divides ? hn::Div(v, factor) : hn::Mul(v, factor), inside);
    const auto x = hn::Min(hn::IfThenElse(hn::Gt(scaled, lowest), scaled, lowest), far);
    hn::Vec<D32> y;
    if constexpr (half_away) {
      const auto cut = hn::ConvertTo(di, x);
      const auto rest = hn::Abs(hn::Sub(x, hn::ConvertTo(d, cut)));  // exact
      const auto away = hn::RebindMask(di, hn::Ge(rest, half));
      const auto sign = hn::Or(hn::BroadcastSignBit(hn::BitCast(di, x)), hn::Set(di, 1));
      y = hn::Add(cut, hn::IfThenElseZero(away, sign));
    } else {
      y = hn::Sub(hn::BitCast(di, hn::Add(x, shifter)), hn::BitCast(di, shifter));
    }
    const hn::Rebind<T, DF> narrow;
    hn::StoreU(hn::DemoteTo(narrow, hn::Min(hn::Max(hn::Add(y, zero), lo), hi)), narrow, to);
  });
}

template <typename T>
void quantize(const QuantizeForm& form, const float* in, std::int64_t count, T* out) {
  if (form.divides) {
    (form.half_away ? quantize_by<T, true, true> : quantize_by<T, true, false>)(form, in, count, out);
  } else {
    (form.half_away ? quantize_by<T, false, true> : quantize_by<T, false, false>)(form, in, count, out);
  }
}

template <typename T>
void dequantize(const DequantizeForm& form, const T* in, std::int64_t count, float* out) {
  const DF d;
  const auto zero = hn::Set(D32(), form.zero);
  const auto scale = hn::Set(d, form.scale), offset = hn::Set(d, form.offset);
  const auto by = [&](const auto& number) HWY_ATTR {
    by_blocks(in, count, out, [&](const T* from, float* to) HWY_ATTR {
      const hn::Rebind<T, DF> codes;
      const auto centred = hn::Sub(hn::PromoteTo(D32(), hn::LoadU(codes, from)), zero);
      hn::StoreU(number(hn::ConvertTo(d, centred)), d, to);
    });
  };
  if (!form.adds) {
    by([&](VF q) HWY_ATTR { return hn::Mul(q, scale); });
  } else if (form.fused) {
    by([&](VF q) HWY_ATTR { return hn::MulAdd(q, scale, offset); });
  } else {
    by([&](VF q) HWY_ATTR { return hn::Add(hn::Mul(q, scale), offset); });
  }
}

template <typename T>
ConvertLoops<T> loops() {
  return {quantize<T>, dequantize<T>};
}

}  // namespace convert

ConvertKernels get_convert_codes() {
  constexpr bool kFuses = !HWY_ARCH_X86 || HWY_TARGET <= HWY_AVX2;  // SSE has no such instruction
  return {convert::loops<std::int8_t>(), convert::loops<std::uint8_t>(), convert::loops<std::int16_t>(), kFuses};
}

#else
ConvertKernels get_convert_codes() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(ConvertKernels, convert_codes)
#endif
