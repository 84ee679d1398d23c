// Included once for each instruction set, inside a file that uses hwy/foreach_target.h.
#if defined(NPUTWIN_KERNELS_PRODUCT_CODES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NPUTWIN_KERNELS_PRODUCT_CODES_INL_H_
#undef NPUTWIN_KERNELS_PRODUCT_CODES_INL_H_
#else
#define NPUTWIN_KERNELS_PRODUCT_CODES_INL_H_
#endif

#include <hwy/highway.h>

#include <cstring>

#include "kernels/product/product.h"

/// Before a loop over accumulators: unrolled late, gcc 12 leaves them in memory.
#ifndef NPUTWIN_UNROLL
#if defined(__clang__)
#define NPUTWIN_UNROLL _Pragma("unroll")
#else
#define NPUTWIN_UNROLL _Pragma("GCC unroll 16")
#endif
#endif

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR
using D32 = hn::ScalableTag<std::int32_t>;
using D8 = hn::ScalableTag<std::int8_t>;
using V32 = hn::Vec<D32>;
using V8 = hn::Vec<D8>;
constexpr int kLanes = hn::MaxLanes(D32());

/// Four vectors of 32 bits as bytes that saturate, one behind the other.
HWY_INLINE V8 saturated_bytes(V32 a, V32 b, V32 c, V32 d) {
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
  // Packs work in blocks of 128 bits: each then holds four codes of a, b, c and d.
  const __m512i packed = _mm512_packs_epi16(_mm512_packs_epi32(a.raw, b.raw), _mm512_packs_epi32(c.raw, d.raw));
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return V8{_mm512_permutexvar_epi32(order, packed)};
#elif HWY_TARGET <= HWY_AVX2 && HWY_ARCH_X86
  const __m256i packed = _mm256_packs_epi16(_mm256_packs_epi32(a.raw, b.raw), _mm256_packs_epi32(c.raw, d.raw));
  return V8{_mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7))};
#elif HWY_TARGET <= HWY_SSSE3 && HWY_ARCH_X86
  return V8{_mm_packs_epi16(_mm_packs_epi32(a.raw, b.raw), _mm_packs_epi32(c.raw, d.raw))};
#else
  const hn::Half<hn::Repartition<std::int16_t, D32>> d16;
  const hn::Repartition<std::int16_t, D32> w16;
  const hn::Half<D8> h8;
  const auto low = hn::Combine(w16, hn::DemoteTo(d16, b), hn::DemoteTo(d16, a));
  const auto high = hn::Combine(w16, hn::DemoteTo(d16, d), hn::DemoteTo(d16, c));
  return hn::Combine(D8(), hn::DemoteTo(h8, high), hn::DemoteTo(h8, low));
#endif
}

/// `count` bytes, fewer than 128.
HWY_INLINE void copy_some(const std::int8_t* HWY_RESTRICT from, std::byte* HWY_RESTRICT to, int count) {
  int at = 0;
  const auto piece = [&](auto size) {
    if ((count & decltype(size)::value) != 0) {
      std::memcpy(to + at, from + at, decltype(size)::value);
      at += decltype(size)::value;
    }
  };
  piece(std::integral_constant<int, 64>());
  piece(std::integral_constant<int, 32>());
  piece(std::integral_constant<int, 16>());
  piece(std::integral_constant<int, 8>());
  piece(std::integral_constant<int, 4>());
  piece(std::integral_constant<int, 2>());
  piece(std::integral_constant<int, 1>());
}

using VFloat = hn::Vec<hn::RebindToFloat<D32>>;

/// The nearest integer, half to even. hn::NearestInt does more for numbers beyond 32 bits; guarded.cc lets none come.
HWY_INLINE V32 nearest_int(VFloat x) {
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
  return V32{_mm512_cvtps_epi32(x.raw)};
#elif HWY_TARGET <= HWY_AVX2 && HWY_ARCH_X86
  return V32{_mm256_cvtps_epi32(x.raw)};
#elif HWY_TARGET <= HWY_SSSE3 && HWY_ARCH_X86
  return V32{_mm_cvtps_epi32(x.raw)};
#else
  return hn::NearestInt(x);
#endif
}

/// The sums' v of guarded.h. The last three are for careful rules.
template <bool kCareful>
HWY_INLINE V32 fixed_point(V32 sum, VFloat scale, VFloat offset, const float* away, VFloat lowest, VFloat highest) {
  const hn::RebindToFloat<D32> df;
#if HWY_TARGET <= HWY_SSSE3 && HWY_ARCH_X86
  // Else the compiler converts all sums of a tile at once, ahead of the loop over its code blocks, and spills them.
  asm volatile("" : "+v"(sum.raw));
#endif
  auto x = hn::ConvertTo(df, sum);
  if constexpr (kCareful) x = hn::Add(x, hn::CopySignToAbs(hn::LoadU(df, away), x));
  x = hn::MulAdd(x, scale, offset);
  if constexpr (kCareful) x = hn::Min(hn::Max(x, lowest), highest);
  return nearest_int(x);
}

/// Stores Vectors vectors of codes, or the first `count` bytes.
template <int Vectors>
HWY_INLINE void store_codes(V8 codes, int from, std::byte* out, int count) {
  constexpr int kBytes = Vectors * kLanes;
  HWY_ALIGN std::int8_t bytes[4 * kLanes];
  if (count >= kBytes) {
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
    if constexpr (Vectors == 4) return _mm512_storeu_si512(out, codes.raw);
    if constexpr (Vectors == 2) {
      return _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), from == 0 ? _mm512_castsi512_si256(codes.raw)
                                                                            : _mm512_extracti64x4_epi64(codes.raw, 1));
    }
    if constexpr (Vectors == 1) {
      auto* to = reinterpret_cast<__m128i*>(out);
      if (from == 0) return _mm_storeu_si128(to, _mm512_castsi512_si128(codes.raw));
      if (from == 1) return _mm_storeu_si128(to, _mm512_extracti32x4_epi32(codes.raw, 1));
      if (from == 2) return _mm_storeu_si128(to, _mm512_extracti32x4_epi32(codes.raw, 2));
      return _mm_storeu_si128(to, _mm512_extracti32x4_epi32(codes.raw, 3));
    }
#elif HWY_TARGET <= HWY_AVX2 && HWY_ARCH_X86
    if constexpr (Vectors == 4) return _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), codes.raw);
    if constexpr (Vectors == 2) {
      return _mm_storeu_si128(reinterpret_cast<__m128i*>(out),
                              from == 0 ? _mm256_castsi256_si128(codes.raw) : _mm256_extracti128_si256(codes.raw, 1));
    }
#endif
    hn::Store(codes, D8(), bytes);
    std::memcpy(out, bytes + from * kLanes, kBytes);
    return;
  }
  if (count <= 0) return;
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
  const auto lanes = ((std::uint64_t{1} << count) - 1) << (from * kLanes);
  _mm512_mask_storeu_epi8(out - from * kLanes, lanes, codes.raw);
#else
  hn::Store(codes, D8(), bytes);
  copy_some(bytes + from * kLanes, out, count);
#endif
}

template <int M, int P, bool kCareful>
HWY_INLINE bool write_codes_by(const V32 (&sums)[M][P], const CodeBlock& block) {
  const D32 d;
  const hn::RebindToFloat<D32> df;
  const D8 d8;
  const GuardedCodes& rule = *block.rule;
  const float* scale = rule.scale.data() + block.first_channel;
  const float* offset = rule.offset.data() + block.first_channel;
  const float* away = rule.away.data() + block.first_channel;
  const std::int32_t* limit = rule.limit.data() + block.first_channel;
  const int bits = rule.fraction_bits, channels = block.channels;
  std::byte* const out = block.out;
  const std::ptrdiff_t step = block.step;
  const auto mask = hn::Set(d, (1 << bits) - 1);
  const auto lowest = hn::Set(df, rule.lowest()), highest = hn::Set(df, rule.highest());
  const auto lo = hn::Set(d8, static_cast<std::int8_t>(rule.lo)), hi = hn::Set(d8, static_cast<std::int8_t>(rule.hi)),
             flip = hn::Set(d8, rule.flip);
  V32 nearest[P];
  NPUTWIN_UNROLL
  for (int p = 0; p < P; ++p) nearest[p] = mask;
  constexpr int kVectors = M * P;
  NPUTWIN_UNROLL
  for (int i = 0; i < kVectors; i += 4) {
    V32 code[4];
    NPUTWIN_UNROLL
    for (int k = 0; k < 4; ++k) {
      if (i + k < kVectors) {
        const int p = (i + k) % P;
        const auto v = fixed_point<kCareful>(sums[(i + k) / P][p], hn::LoadU(df, scale + p * kLanes),
                                             hn::LoadU(df, offset + p * kLanes), away + p * kLanes, lowest, highest);
        nearest[p] = hn::Min(nearest[p], hn::And(v, mask));
        code[k] = hn::ShiftRightSame(v, bits);
      } else {
        code[k] = mask;
      }
    }
    const auto packed = saturated_bytes(code[0], code[1], code[2], code[3]);
    const auto codes = hn::Xor(hn::Min(hn::Max(packed, lo), hi), flip);
    // Neighbouring vectors of a position are stored together.
    constexpr int kTogether = P < 4 ? P : 4;
    NPUTWIN_UNROLL
    for (int k = 0; k < 4; k += kTogether) {
      if (i + k >= kVectors) continue;
      const int first = (i + k) % P * kLanes;
      store_codes<kTogether>(codes, k, out + (i + k) / P * step + first, channels - first);
    }
  }
  auto unknown = hn::Lt(nearest[0], hn::LoadU(d, limit));
  NPUTWIN_UNROLL
  for (int p = 1; p < P; ++p) unknown = hn::Or(unknown, hn::Lt(nearest[p], hn::LoadU(d, limit + p * kLanes)));
  return hn::AllFalse(d, unknown);
}

/// Sums of M positions times P vectors of channels as codes. False: one of them is not known.
template <int M, int P>
HWY_INLINE bool write_codes(const V32 (&sums)[M][P], const CodeBlock& block) {
  return block.rule->careful ? write_codes_by<M, P, true>(sums, block) : write_codes_by<M, P, false>(sums, block);
}

/// ProductKernels::unknown, or where kWrite ProductKernels::wide_codes.
template <bool kCareful, bool kWrite>
int find_unknown_by(const std::int32_t* sums, std::ptrdiff_t stride, int positions, const CodeBlock& block,
                    std::uint16_t* found) {
  const D32 d;
  const hn::RebindToFloat<D32> df;
  const GuardedCodes& rule = *block.rule;
  const auto mask = hn::Set(d, (1 << rule.fraction_bits) - 1);
  const auto lowest = hn::Set(df, rule.lowest()), highest = hn::Set(df, rule.highest());
  const auto lo = hn::Set(d, rule.lo), hi = hn::Set(d, rule.hi);
  int count = 0;
  for (int c = 0; c < block.channels; c += kLanes) {
    const auto at = static_cast<std::size_t>(block.first_channel + c);
    const auto scale = hn::LoadU(df, rule.scale.data() + at), offset = hn::LoadU(df, rule.offset.data() + at);
    const auto limit = hn::LoadU(d, rule.limit.data() + at);
    const int some = std::min(kLanes, block.channels - c);
    for (int r = 0; r < positions; ++r) {
      const auto v = fixed_point<kCareful>(hn::LoadU(d, sums + r * stride + c), scale, offset, rule.away.data() + at,
                                           lowest, highest);
      if constexpr (kWrite) {
        HWY_ALIGN std::int16_t codes[kLanes];
        const hn::Rebind<std::int16_t, D32> d16;
        const auto code = hn::Min(hn::Max(hn::ShiftRightSame(v, rule.fraction_bits), lo), hi);
        hn::Store(hn::DemoteTo(d16, code), d16, codes);
        std::memcpy(block.out + r * block.step + c * 2, codes, static_cast<std::size_t>(some) * 2);
      }
      const auto near = hn::Lt(hn::And(v, mask), limit);
      if (hn::AllFalse(d, near)) continue;
      HWY_ALIGN std::uint8_t lanes[(kLanes + 7) / 8 + 8] = {};
      hn::StoreMaskBits(d, near, lanes);
      for (int k = 0; k < some; ++k) {
        if ((lanes[k / 8] >> (k % 8) & 1) != 0) found[count++] = static_cast<std::uint16_t>(r << 8 | (c + k));
      }
    }
  }
  return count;
}

template <bool kWrite>
int find_unknown(const std::int32_t* sums, std::ptrdiff_t stride, int positions, const CodeBlock& block,
                 std::uint16_t* found) {
  return block.rule->careful ? find_unknown_by<true, kWrite>(sums, stride, positions, block, found)
                             : find_unknown_by<false, kWrite>(sums, stride, positions, block, found);
}
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#endif
