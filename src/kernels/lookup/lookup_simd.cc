#include "kernels/lookup/lookup.h"

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/lookup/lookup_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR  // one lane: nothing for these kernels; kernels/isa.cc does not offer it

namespace lookup {

constexpr hn::ScalableTag<std::uint8_t> kD8;
using V8 = hn::Vec<decltype(kD8)>;
constexpr std::size_t kLanes = hn::MaxLanes(kD8);

/// out[i] = f(in[i]) by whole vectors, the last ones too.
template <typename F>
HWY_INLINE void by_vectors(const std::uint8_t* in, std::int64_t count, std::uint8_t* out, const F& f) {
  constexpr auto kStep = static_cast<std::int64_t>(kLanes);
  std::int64_t i = 0;
  for (; i + kStep <= count; i += kStep) hn::StoreU(f(hn::LoadU(kD8, in + i)), kD8, out + i);
  if (i == count) return;
  std::uint8_t last[kLanes] = {};
  const auto left = static_cast<std::size_t>(count - i);
  std::memcpy(last, in + i, left);
  hn::StoreU(f(hn::LoadU(kD8, last)), kD8, last);
  std::memcpy(out + i, last, left);
}

void clamp(const ClampForm& form, const std::uint8_t* in, std::int64_t count, std::uint8_t* out) {
  const hn::RebindToSigned<decltype(kD8)> di;
  const auto flip_in = hn::Set(kD8, form.flip_in), flip_out = hn::Set(kD8, form.flip_out);
  const auto add = hn::Set(di, form.add), lo = hn::Set(di, form.lo), hi = hn::Set(di, form.hi);
  by_vectors(in, count, out, [&](V8 codes) HWY_ATTR {
    const auto moved = hn::SaturatedAdd(hn::BitCast(di, hn::Xor(codes, flip_in)), add);
    return hn::Xor(hn::BitCast(kD8, hn::Min(hn::Max(moved, lo), hi)), flip_out);
  });
}

#if HWY_TARGET == HWY_AVX3_DL
void look_up(const std::uint8_t* table, const std::uint8_t* in, std::int64_t count, std::uint8_t* out) {
  const auto t0 = hn::LoadU(kD8, table), t1 = hn::LoadU(kD8, table + 64), t2 = hn::LoadU(kD8, table + 128),
             t3 = hn::LoadU(kD8, table + 192);
  by_vectors(in, count, out, [&](V8 codes) HWY_ATTR {
    const auto lower = _mm512_permutex2var_epi8(t0.raw, codes.raw, t1.raw);  // by the low 7 bits
    const auto upper = _mm512_permutex2var_epi8(t2.raw, codes.raw, t3.raw);
    return V8{_mm512_mask_blend_epi8(_mm512_movepi8_mask(codes.raw), lower, upper)};
  });
}
#elif HWY_ARCH_X86
/// vpshufb takes an entry of 16 by the low 4 bits of an index, or 0 where bit 7 is set. With an index that goes down
/// by 16 a step and stays negative once it is (saturating), part after part of the table, each xor the one before, is
/// added by xor as long as the index is not negative: what remains is the entry of the last part.
void look_up(const std::uint8_t* table, const std::uint8_t* in, std::int64_t count, std::uint8_t* out) {
  const hn::RebindToSigned<decltype(kD8)> di;
  HWY_ALIGN std::uint8_t parts[256];
  for (std::size_t half = 0; half < 256; half += 128) {
    std::memcpy(parts + half, table + half, 16);
    for (std::size_t i = half + 16; i < half + 128; ++i) parts[i] = static_cast<std::uint8_t>(table[i] ^ table[i - 16]);
  }
  const auto step = hn::Set(di, std::int8_t{16});
  const auto upper_half = hn::Set(kD8, std::uint8_t{0x80});
  by_vectors(in, count, out, [&](V8 codes) HWY_ATTR {
    auto lower = hn::BitCast(di, codes), upper = hn::BitCast(di, hn::Xor(codes, upper_half));
    auto found = hn::Zero(kD8), other = hn::Zero(kD8);
#pragma GCC unroll 8
    for (std::size_t part = 0; part < 128; part += 16) {
      found = hn::Xor(found, hn::TableLookupBytesOr0(hn::LoadDup128(kD8, parts + part), hn::BitCast(kD8, lower)));
      other = hn::Xor(other, hn::TableLookupBytesOr0(hn::LoadDup128(kD8, parts + 128 + part), hn::BitCast(kD8, upper)));
      lower = hn::SaturatedSub(lower, step);
      upper = hn::SaturatedSub(upper, step);
    }
    return hn::Xor(found, other);
  });
}
#else
constexpr auto look_up = nullptr;
#endif

}  // namespace lookup

LookupKernels get_lookup_codes() { return {lookup::look_up, lookup::clamp}; }

#else
LookupKernels get_lookup_codes() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(LookupKernels, lookup_codes)
#endif
