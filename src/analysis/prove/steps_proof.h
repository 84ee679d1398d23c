#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernels/definition.h"

namespace nputwin {

/// What follows from the steps of two kernels of one class and node.
struct StepsProof {
  std::int64_t arguments = 0;        ///< of all steps
  std::vector<std::string> unequal;  ///< steps whose functions differ somewhere, or that cannot be compared
};

/// Nothing where the two do not have the same steps.
[[nodiscard]] std::optional<StepsProof> prove_steps(const std::vector<InnerStep>& a, const std::vector<InnerStep>& b);

}  // namespace nputwin
