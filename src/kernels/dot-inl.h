// Included once for each instruction set, inside a file that uses hwy/foreach_target.h.
#if defined(NPUTWIN_KERNELS_DOT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NPUTWIN_KERNELS_DOT_INL_H_
#undef NPUTWIN_KERNELS_DOT_INL_H_
#else
#define NPUTWIN_KERNELS_DOT_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR
/// acc + a[2i]*b[2i] + a[2i+1]*b[2i+1] in each 32-bit lane i. Exact unless the sum leaves int32.
/// Highway's ReorderWidenMulAccumulate needs a second accumulator on some targets, and none of its forms is
/// VNNI's.
template <class D, class V32, class V16>
HWY_INLINE V32 dot_pairs(D d, V32 acc, V16 a, V16 b) {
#if HWY_TARGET <= HWY_AVX3_DL && HWY_ARCH_X86
  // By its mnemonic: Highway 1.0's flags for this target leave out avx512vnni, though its run-time check has
  // it.
  if constexpr (hn::MaxLanes(D()) == 16) {
    asm("vpdpwssd %2, %1, %0" : "+v"(acc.raw) : "v"(a.raw), "v"(b.raw));
    return acc;
  }
#endif
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
  if constexpr (hn::MaxLanes(D()) == 16) return hn::Add(acc, V32{_mm512_madd_epi16(a.raw, b.raw)});
#endif
#if HWY_TARGET <= HWY_AVX2 && HWY_ARCH_X86
  if constexpr (hn::MaxLanes(D()) == 8) return hn::Add(acc, V32{_mm256_madd_epi16(a.raw, b.raw)});
#endif
#if HWY_TARGET <= HWY_SSE2 && HWY_ARCH_X86
  if constexpr (hn::MaxLanes(D()) <= 4) return hn::Add(acc, V32{_mm_madd_epi16(a.raw, b.raw)});
#endif
  auto upper = hn::Zero(d);
  const auto lower = hn::ReorderWidenMulAccumulate(d, a, b, hn::Zero(d), upper);
  return hn::Add(acc, hn::RearrangeToOddPlusEven(lower, upper));
}

#if HWY_TARGET <= HWY_AVX3_DL && HWY_ARCH_X86
/// acc + the sum of four products of an unsigned and a signed byte in each 32-bit lane, modulo 2^32.
template <class V32>
HWY_INLINE V32 dot_bytes(V32 acc, V32 unsigned_bytes, V32 signed_bytes) {
  asm("vpdpbusd %2, %1, %0" : "+v"(acc.raw) : "v"(unsigned_bytes.raw), "v"(signed_bytes.raw));
  return acc;
}
#endif
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#endif
