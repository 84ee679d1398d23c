#include "api/profiles.h"

#include "profile/variant.h"

namespace nputwin::api {

Result<ProfileComparison> compare_profiles(const std::string& a, const std::string& b, const SamplingOptions& sampling,
                                           const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile_a, resolve_profile(a));
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile_b, resolve_profile(b));
  return nputwin::compare_profiles(profile_a, profile_b, sampling,
                                   [&](std::size_t done) { callbacks.at(done, sample_ops().size()); });
}

}  // namespace nputwin::api
