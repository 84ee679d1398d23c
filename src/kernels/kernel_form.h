#pragma once

#include <string>
#include <vector>

namespace nputwin {

/// Why no vector form runs where the caller wants the definition.
inline constexpr const char* kScalarAskedFor = "the instruction set scalar was asked for";

/// Which of a kernel's forms runs, and why better ones do not. All forms give the same bytes.
struct KernelForm {
  /// A better form that does not take this work.
  struct Refusal {
    std::string form, reason;
    bool operator==(const Refusal&) const = default;
  };

  std::string name = "scalar";        ///< "scalar": the definition
  std::string isa = "scalar";         ///< the instruction set that the form uses
  std::vector<Refusal> refused;       ///< best first
  std::vector<KernelForm> epilogues;  ///< of a multiply-accumulate layer: one: how sums become codes
  bool operator==(const KernelForm&) const = default;
};

}  // namespace nputwin
