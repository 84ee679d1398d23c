#include "kernels/product/product.h"

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/product/product_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "kernels/dot-inl.h"
#include "kernels/product/codes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR  // one lane: nothing for these kernels; kernels/isa.cc does not offer it

/// Two values of 16 bits a lane; weights are widened as they are read.
struct Int16Product {
  using D16 = hn::Repartition<std::int16_t, D32>;
  static constexpr int kGroup = 2;
  static constexpr int kWeightBytes = kLanes * 2;

  static HWY_INLINE hn::Vec<D16> weights(const std::byte* at) {
    const hn::Rebind<std::int8_t, D16> narrow;
    return hn::PromoteTo(D16(), hn::LoadU(narrow, reinterpret_cast<const std::int8_t*>(at)));
  }
  static HWY_INLINE V32 dot(V32 sum, V32 values, hn::Vec<D16> w) {
    return dot_pairs(D32(), sum, hn::BitCast(D16(), values), w);
  }

  template <typename T>
  static void fill(const T* code, std::int64_t count, std::int32_t zero_point, std::byte* out) {
    const D16 d16;
    const hn::Rebind<T, D16> narrow;
    const auto zero = hn::Set(d16, static_cast<std::int16_t>(zero_point));
    auto* values = reinterpret_cast<std::int16_t*>(out);
    for (std::int64_t i = 0; i < count; i += 2 * kLanes)
      hn::StoreU(hn::Sub(hn::PromoteTo(d16, hn::LoadU(narrow, code + i)), zero), d16, values + i);
  }
  static std::int32_t sum(const std::byte* values, int depth) {
    std::int32_t sum = 0;
    for (int k = 0; k < depth; ++k) {
      std::int16_t value;
      std::memcpy(&value, values + 2 * k, sizeof value);
      sum += value;
    }
    return sum;
  }
};

#if HWY_TARGET <= HWY_AVX3_DL && HWY_ARCH_X86
#define NPUTWIN_HAS_BYTE_PRODUCT 1
/// Four bytes a lane, unsigned values times signed weights.
struct ByteProduct {
  static constexpr int kGroup = 4;
  static constexpr int kWeightBytes = kLanes * 4;

  static HWY_INLINE V32 weights(const std::byte* at) {
    return hn::LoadU(D32(), reinterpret_cast<const std::int32_t*>(at));
  }
  static HWY_INLINE V32 dot(V32 sum, V32 values, V32 w) { return dot_bytes(sum, values, w); }

  /// int8 codes plus 128, uint8 ones as they are: the bias holds the zero point's share.
  template <typename T>
  static void fill(const T* code, std::int64_t count, std::int32_t /*zero_point*/, std::byte* out) {
    const hn::Repartition<std::uint8_t, D32> d;
    const auto flip = hn::Set(d, std::is_signed_v<T> ? 0x80 : 0);
    for (std::int64_t i = 0; i < count; i += 4 * kLanes) {
      hn::StoreU(hn::Xor(hn::LoadU(d, reinterpret_cast<const std::uint8_t*>(code + i)), flip), d,
                 reinterpret_cast<std::uint8_t*>(out + i));
    }
  }
  static std::int32_t sum(const std::byte* values, int depth) {
    std::int32_t sum = 0;
    for (int k = 0; k < depth; ++k) sum += static_cast<std::int32_t>(values[k]);
    return sum;
  }
};
#endif

template <class Product, int M, int P>
unsigned multiply_tile(const ProductTile& t) {
  const D32 d;
  constexpr int kBases = (M + 2) / 3;  // a base serves three positions: base, base + step, base + 2 * step
  V32 sums[M][P];
  NPUTWIN_UNROLL
  for (int r = 0; r < M; ++r) {
    NPUTWIN_UNROLL
    for (int p = 0; p < P; ++p) sums[r][p] = hn::LoadU(d, t.bias + p * kLanes);
  }
  if (t.window_sums != nullptr) {
    NPUTWIN_UNROLL
    for (int r = 0; r < M; ++r) {
      const auto window = hn::Set(d, t.window_sums[r]);
      NPUTWIN_UNROLL
      for (int p = 0; p < P; ++p)
        sums[r][p] = hn::Add(sums[r][p], hn::Mul(window, hn::LoadU(d, t.factor + p * kLanes)));
    }
  }
  const std::byte* HWY_RESTRICT w = t.weights;
  const std::ptrdiff_t step = t.step;
  for (int e = 0; e < t.entries; ++e) {
    const std::byte* base[kBases];
    NPUTWIN_UNROLL
    for (int b = 0; b < kBases; ++b) base[b] = t.rows[e] + t.offset + 3 * b * step;
    for (int g = 0; g < t.groups; ++g) {
      if constexpr (M == 1) {  // as they are read: sums and weights of many channels are more than there are registers
        std::int32_t group;
        std::memcpy(&group, base[0] + 4 * g, sizeof group);
        const auto values = hn::Set(d, group);
        NPUTWIN_UNROLL
        for (int p = 0; p < P; ++p)
          sums[0][p] = Product::dot(sums[0][p], values, Product::weights(w + p * Product::kWeightBytes));
        w += P * Product::kWeightBytes;
        continue;
      }
      decltype(Product::weights(w)) column[P];
      NPUTWIN_UNROLL
      for (int p = 0; p < P; ++p) column[p] = Product::weights(w + p * Product::kWeightBytes);
      w += P * Product::kWeightBytes;
      NPUTWIN_UNROLL
      for (int r = 0; r < M; ++r) {
        std::int32_t group;
        std::memcpy(&group, base[r / 3] + r % 3 * step + 4 * g, sizeof group);
        const auto values = hn::Set(d, group);
        NPUTWIN_UNROLL
        for (int p = 0; p < P; ++p) sums[r][p] = Product::dot(sums[r][p], values, column[p]);
      }
    }
  }
  unsigned unknown = 0;
  for (std::size_t k = 0; k < t.codes.size(); ++k) {
    if (!write_codes<M, P>(sums, t.codes[k])) unknown |= 1U << k;
  }
  if (unknown != 0 || t.keep_sums) {
    NPUTWIN_UNROLL
    for (int r = 0; r < M; ++r) {
      NPUTWIN_UNROLL
      for (int p = 0; p < P; ++p) hn::StoreU(sums[r][p], d, t.sums + (r * P + p) * kLanes);
    }
  }
  return unknown;
}

template <class Product>
void sum_values(const std::byte* values, std::int64_t pixels, std::ptrdiff_t step, int depth, std::int32_t* sums) {
  for (std::int64_t x = 0; x < pixels; ++x) sums[x] = Product::sum(values + x * step, depth);
}

template <class Product, int P, int... M>
void fill_tiles(ProductKernels& kernels, std::integer_sequence<int, M...>) {
  ((kernels.tiles[P][M] = multiply_tile<Product, M, P>), ...);
}

template <class Product>
ProductKernels product_kernels() {
  ProductKernels kernels;
  kernels.lanes = kLanes;
  kernels.group = Product::kGroup;
  // As many positions as leave registers for the weights and one group of values.
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
  using Positions = std::integer_sequence<int, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12>;
  kernels.most_positions = 12;
#else
  using Positions = std::integer_sequence<int, 1, 2, 3, 4, 5, 6>;
  kernels.most_positions = 6;
#endif
  fill_tiles<Product, 1>(kernels, Positions());
  fill_tiles<Product, 2>(kernels, Positions());
  using One = std::integer_sequence<int, 1>;
  fill_tiles<Product, 3>(kernels, One()), fill_tiles<Product, 4>(kernels, One());
  fill_tiles<Product, 5>(kernels, One()), fill_tiles<Product, 6>(kernels, One());
  fill_tiles<Product, 7>(kernels, One()), fill_tiles<Product, 8>(kernels, One());
  kernels.unknown = find_unknown<false>;
  kernels.wide_codes = find_unknown<true>;
  kernels.fill_i8 = Product::template fill<std::int8_t>;
  kernels.fill_u8 = Product::template fill<std::uint8_t>;
  kernels.sum_values = sum_values<Product>;
  return kernels;
}

ProductKernels get_product_int16() { return product_kernels<Int16Product>(); }
#ifdef NPUTWIN_HAS_BYTE_PRODUCT
#undef NPUTWIN_HAS_BYTE_PRODUCT
ProductKernels get_product_bytes() { return product_kernels<ByteProduct>(); }
#else
ProductKernels get_product_bytes() { return {}; }
#endif

#else
ProductKernels get_product_int16() { return {}; }
ProductKernels get_product_bytes() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(ProductKernels, product_bytes)
NPUTWIN_KERNELS_BY_ISA(ProductKernels, product_int16)
#endif
