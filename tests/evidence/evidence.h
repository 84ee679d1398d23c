#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session/session.h"

namespace nputwin::test {

/// What a chip is known to give, or what a rule is said to give, for a model of one op.
struct EvidenceCase {
  enum class Kind { kExact, kNear, kRelaxed };

  std::string id;
  std::shared_ptr<const Model> model;
  std::vector<std::vector<std::byte>> inputs;
  Kind kind = Kind::kExact;
  std::vector<std::int64_t> golden;      ///< kExact; kRelaxed: what the chip does not give everywhere
  std::vector<double> lo, hi;            ///< kNear, kRelaxed
  std::vector<double> orig_lo, orig_hi;  ///< kRelaxed without golden: the chip leaves these somewhere
};

struct Probe {
  EvidenceCase base;                                                           ///< without an expectation
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> predictions;  ///< by the names of the rules
};

/// The cases of a file of ../shared/evidence.
[[nodiscard]] std::vector<EvidenceCase> read_cases(const std::string& path);

/// The probes that predict anything.
[[nodiscard]] std::vector<Probe> read_probes(const std::string& path);

/// The codes that the profile computes; the reason where it does not compute the op.
[[nodiscard]] Result<std::vector<std::int64_t>> compute(const EvidenceCase& c, const Profile& profile);

/// Whether codes fit a case; README.md of the evidence says what that means.
[[nodiscard]] bool consistent(const EvidenceCase& c, const std::vector<std::int64_t>& codes);

}  // namespace nputwin::test
