#pragma once

#include <concepts>
#include <type_traits>

namespace nputwin {

/// Whether two functions of one type are known to be one function: what captures nothing is its type; others are by
/// their ==. False says nothing: a lambda that captures has no ==.
template <typename F>
[[nodiscard]] constexpr bool same_function([[maybe_unused]] const F& a, [[maybe_unused]] const F& b) {
  if constexpr (std::is_empty_v<F>) {
    return true;
  } else if constexpr (std::equality_comparable<F>) {
    return a == b;
  } else {
    return false;
  }
}

}  // namespace nputwin
