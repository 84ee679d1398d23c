#include "analysis/agree/ranking.h"

#include <algorithm>

#include "analysis/compare/diff.h"
#include "profile/profile.h"

namespace nputwin {

Ranking rank_profiles(const std::shared_ptr<const Model>& model, const Capture& recorded,
                      std::span<const Tensor> inputs, const SessionOptions& options) {
  Ranking ranking;
  for (const Profile& profile : builtin_profiles()) {
    const auto result = diff_recorded(model, recorded, inputs, profile.name, options);
    if (!result) continue;  // the profile cannot run the model
    ProfileAgreement& agreement = ranking.profiles.emplace_back();
    agreement.profile = profile.name;
    for (const LayerDiff& layer : result->layers) {
      agreement.elements += layer.accumulated.elements();
      agreement.mismatches += layer.isolated.mismatches() + layer.accumulated.mismatches();
    }
  }
  return ranking;
}

void Ranking::merge(const Ranking& other) {
  for (ProfileAgreement& own : profiles) {
    const auto found = std::find_if(other.profiles.begin(), other.profiles.end(),
                                    [&](const ProfileAgreement& theirs) { return theirs.profile == own.profile; });
    if (found == other.profiles.end()) continue;
    own.elements += found->elements;
    own.mismatches += found->mismatches;
  }
}

std::vector<std::string> Ranking::equal() const {
  std::vector<std::string> names;
  for (const ProfileAgreement& agreement : profiles) {
    if (agreement.mismatches == 0) names.push_back(agreement.profile);
  }
  return names;
}

}  // namespace nputwin
