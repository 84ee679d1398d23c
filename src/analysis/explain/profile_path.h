#pragma once

#include <vector>

#include "analysis/explain/cause.h"
#include "profile/profile.h"

namespace nputwin {

/// One step from A's arithmetic to B's: what has changed by it, and the arithmetic that holds behind it.
template <typename T>
struct PathStep {
  Cause cause;
  T after;
};

/// From one rule to another, one thing at a time, always by the same steps: the register's bits, what it does beyond
/// them; then the rule gets exact where it is not (second rounding, binary32 product, product width); then B's
/// multiplier, B's order of the zero point, B's ties; then B's own inexactness in reverse order. The last step's rule
/// is `b`. So a code that differs under `a` and `b` changes at one step at least, and that step is the reason.
[[nodiscard]] std::vector<PathStep<RequantizeRule>> rule_path(const RequantizeRule& a, const RequantizeRule& b);

/// The same for all RequantizeRules of two profiles at once, and at last for which elements vector code leaves to
/// scalar code (`block`), which decides ties; everything else is b's. Steps that change nothing are left out. `start`:
/// b with a's rules, which the first step starts from.
struct ProfilePath {
  Profile start;
  std::vector<PathStep<Profile>> steps;
};
[[nodiscard]] ProfilePath profile_path(const Profile& a, const Profile& b);

/// `profile` with every method that can be exact exact, ties of the real result going up or down.
[[nodiscard]] Profile exact_profile(Profile profile, bool ties_up);

}  // namespace nputwin
