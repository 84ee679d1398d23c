#pragma once

#include <cstdint>
#include <string>

#include "profile/families/family.h"

namespace nputwin {

/// How a rule is known, from strong to none.
enum class Confidence : std::uint8_t {
  kMeasured,   ///< equal to the real runtime, or exact by definition
  kEvidence,   ///< published numbers of the silicon, reproduced
  kSource,     ///< read from the runtime's or driver's source
  kStatement,  ///< someone who should know said so
  kAssumed,    ///< fits what evidence there is, not shown by it
  kUnknown,    ///< nothing is known; the ops are refused
};

template <>
inline constexpr std::array<std::string_view, 6> kEnumNames<Confidence> = {"measured",  "evidence", "source",
                                                                           "statement", "assumed",  "unknown"};

struct Evidence {
  Family family;
  Confidence confidence;
  std::string rule;    ///< the rule in a few words
  std::string source;  ///< where that is known from
};

}  // namespace nputwin
