#include "profile/groups.h"

namespace nputwin {

std::vector<ProfileGroup> profile_groups() {
  std::vector<ProfileGroup> groups;
  std::size_t next = 0;
  const auto begin = [&](std::string_view title) { groups.push_back({title, builtin_profiles().subspan(next, 0)}); };
  const auto add = [&] {
    std::span<const Profile>& all = groups.back().profiles;
    all = builtin_profiles().subspan(next++ - all.size(), all.size() + 1);
  };
#define NPUTWIN_PROFILE(function) add();
#define NPUTWIN_PROFILE_GROUP(title) begin(title);
#include "profile/builtin/builtin.inc"
#undef NPUTWIN_PROFILE_GROUP
#undef NPUTWIN_PROFILE
  return groups;
}

}  // namespace nputwin
