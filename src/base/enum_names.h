#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>

namespace nputwin {

/// The words for an enumeration's values in files and on the command line, in the order of its enumerators,
/// which count from 0. Specialised right below an enumeration that has words.
template <typename E>
inline constexpr std::array<std::string_view, 0> kEnumNames{};

template <typename E>
concept NamedEnum = std::is_enum_v<E> && !kEnumNames<E>.empty();

[[nodiscard]] constexpr std::string_view name(NamedEnum auto value) {
  return kEnumNames<decltype(value)>[static_cast<std::size_t>(value)];
}

/// The value of that name, if there is one.
template <NamedEnum E>
[[nodiscard]] constexpr std::optional<E> find_named(std::string_view word) {
  const auto found = std::find(kEnumNames<E>.begin(), kEnumNames<E>.end(), word);
  if (found == kEnumNames<E>.end()) return std::nullopt;
  return static_cast<E>(found - kEnumNames<E>.begin());
}

}  // namespace nputwin
