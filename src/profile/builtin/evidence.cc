#include "profile/builtin/builtin.h"

namespace nputwin {

void leave_unknown(Profile& profile, const char* why) {
  for (std::size_t i = 0; i < kEnumNames<Family>.size(); ++i) {
    const auto family = static_cast<Family>(i);
    if (profile.evidence_of(family).source.empty()) profile.know(family, Confidence::kUnknown, "not known", why);
  }
}

void cite_version_map(Profile& profile) {
  for (Evidence& e : profile.evidence) {
    if (e.confidence == Confidence::kMeasured && e.source == kGoldenHashes) e.source = kVersionMap;
  }
}

void know_movement(Profile& profile) {
  profile.know(Family::kMovement, Confidence::kMeasured, "moves codes", "exact by definition");
}

}  // namespace nputwin
