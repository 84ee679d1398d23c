#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace nputwin {

/// a + b, or nothing where the exact sum does not fit T.
template <std::integral T>
[[nodiscard]] constexpr std::optional<T> checked_add(T a, T b) {
  T r{};
  if (__builtin_add_overflow(a, b, &r)) return std::nullopt;
  return r;
}

/// a * b, or nothing where the exact product does not fit T.
template <std::integral T>
[[nodiscard]] constexpr std::optional<T> checked_mul(T a, T b) {
  T r{};
  if (__builtin_mul_overflow(a, b, &r)) return std::nullopt;
  return r;
}

/// The smallest multiple of `alignment` that is not under n.
[[nodiscard]] constexpr std::size_t align_up(std::size_t n, std::size_t alignment = 64) {
  return (n + alignment - 1) / alignment * alignment;
}

/// A number that is known not to be negative, as an index.
[[nodiscard]] constexpr std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// x clipped to what To can hold.
template <std::integral To>
[[nodiscard]] constexpr To saturate_cast(std::int64_t x) {
  if (x < static_cast<std::int64_t>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
  if (x > static_cast<std::int64_t>(std::numeric_limits<To>::max())) return std::numeric_limits<To>::max();
  return static_cast<To>(x);
}

/// The low 32 bits of x as a two's complement number: what an int32 register holds after overflow.
[[nodiscard]] constexpr std::int32_t wrap_int32(std::int64_t x) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::uint64_t>(x)));
}

}  // namespace nputwin
