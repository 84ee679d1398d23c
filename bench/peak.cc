// The machine's own peak of integer multiply-adds. Many sums hide the latency of each instruction, and empty pieces of
// assembly keep a compiler from making a product of constants once for all.

#include "peak.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#include "kernels/isa.h"

namespace nputwin::bench {
namespace {

// Each step: sums[i] += x * y. All stay in registers, of which AVX2 has sixteen.
constexpr int kSums256 = 12, kSums512 = 24;

#define NPUTWIN_PEAK(name, target_set, Vector, sums_held, set1, zero, constraint, step) \
  __attribute__((target(target_set), noinline)) void name(long count) {                 \
    Vector sums[sums_held], x = set1(3), y = set1(7);                                   \
    _Pragma("GCC unroll 24") for (int i = 0; i < (sums_held); ++i) sums[i] = zero();    \
    for (long n = 0; n < count; ++n) {                                                  \
      _Pragma("GCC unroll 24") for (int i = 0; i < (sums_held); ++i) {                  \
        asm volatile("" : constraint(x), constraint(y));                                \
        sums[i] = step(sums[i], x, y);                                                  \
        asm volatile("" : constraint(sums[i]));                                         \
      }                                                                                 \
    }                                                                                   \
  }

#define NPUTWIN_MADD_256(sum, x, y) _mm256_add_epi32(sum, _mm256_madd_epi16(x, y))
#define NPUTWIN_MADD_512(sum, x, y) _mm512_add_epi32(sum, _mm512_madd_epi16(x, y))
NPUTWIN_PEAK(madd_256, "avx2", __m256i, kSums256, _mm256_set1_epi32, _mm256_setzero_si256, "+x", NPUTWIN_MADD_256)
NPUTWIN_PEAK(madd_512, "avx512f,avx512bw", __m512i, kSums512, _mm512_set1_epi32, _mm512_setzero_si512, "+v",
             NPUTWIN_MADD_512)
NPUTWIN_PEAK(dpbusd_avx, "avx2,avxvnni", __m256i, kSums256, _mm256_set1_epi32, _mm256_setzero_si256, "+x",
             _mm256_dpbusd_avx_epi32)
NPUTWIN_PEAK(dpwssd_512, "avx512f,avx512bw,avx512vnni", __m512i, kSums512, _mm512_set1_epi32, _mm512_setzero_si512,
             "+v", _mm512_dpwssd_epi32)
NPUTWIN_PEAK(dpbusd_512, "avx512f,avx512bw,avx512vnni", __m512i, kSums512, _mm512_set1_epi32, _mm512_setzero_si512,
             "+v", _mm512_dpbusd_epi32)

bool has_avx_vnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a >> 4 & 1) != 0;
}

}  // namespace

std::vector<Peak> peaks() {
  std::vector<Peak> list;
  const auto has = [](const char* isa) { return find_isa(isa).has_value(); };
  if (has("avx2")) list.push_back({"vpmaddwd + vpaddd, ymm", {"avx2", "avx3", "avx3_dl"}, 16 * kSums256, madd_256});
  if (has("avx2") && has_avx_vnni())
    list.push_back({"vpdpbusd, ymm (AVX-VNNI)", {"avx3_dl"}, 32 * kSums256, dpbusd_avx});
  if (has("avx3")) list.push_back({"vpmaddwd + vpaddd, zmm", {"avx3", "avx3_dl"}, 32 * kSums512, madd_512});
  if (has("avx3_dl")) list.push_back({"vpdpwssd, zmm", {"avx3_dl"}, 32 * kSums512, dpwssd_512});
  if (has("avx3_dl")) list.push_back({"vpdpbusd, zmm", {"avx3_dl"}, 64 * kSums512, dpbusd_512});
  return list;
}

}  // namespace nputwin::bench

#else

namespace nputwin::bench {

std::vector<Peak> peaks() { return {}; }

}  // namespace nputwin::bench

#endif
