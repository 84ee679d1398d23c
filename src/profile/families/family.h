#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/enum_names.h"
#include "profile/cause.h"

// What the families' files have in common. A family's file holds the methods by which runtimes and chips compute it,
// their words, which of them is exact and by what each departs from the exact result.

namespace nputwin {

/// Groups of ops that share a rule inside one runtime.
enum class Family : std::uint8_t {
#define NPUTWIN_FAMILY(enumerator, word) enumerator,
#include "profile/families/families.inc"
#undef NPUTWIN_FAMILY
};

template <>
inline constexpr auto kEnumNames<Family> = std::to_array<std::string_view>({
#define NPUTWIN_FAMILY(enumerator, word) #word,
#include "profile/families/families.inc"
#undef NPUTWIN_FAMILY
});

/// The method of E that computes the exact result and makes it a code by the profile's RealRule, where there is one.
template <typename E>
inline constexpr std::optional<E> kExactMethod{};

/// By what each method of E departs from the exact result, in the order of the enumerators: Cause::kSubstitution where
/// it is exact or computes something else. Given where methods differ in it.
template <typename E>
inline constexpr std::array<Cause, 0> kDepartures{};

template <typename E>
[[nodiscard]] constexpr Cause departure_of(E method) {
  static_assert(kDepartures<E>.size() == kEnumNames<E>.size(), "each method has its departure");
  return kDepartures<E>[static_cast<std::size_t>(method)];
}

/// What a family's FamilyTraits have if they do not say otherwise.
struct FamilyDefaults {
  /// The family's rule holds for nodes of every type. Others hold for 8-bit codes alone: nodes of int16 codes belong to
  /// kInt16, nodes of unquantized values to kNumbers or kNumberFunctions (OpDefinition::of_floats).
  static constexpr bool kOfAllTypes = false;
  /// By what the profile's arithmetic departs from the exact result, apart from its RequantizeRules. A template, so
  /// that a family's file does not have to see the profile.
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kSubstitution; }
};

/// Each family's file specialises this: `kLabel`, the title of its page in docs/arithmetic/rules, and what is not as in
/// FamilyDefaults.
template <Family family>
struct FamilyTraits;

}  // namespace nputwin
