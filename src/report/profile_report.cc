#include "report/profile_report.h"

#include <nlohmann/json.hpp>

namespace nputwin::report {

std::string profiles_text(std::span<const Profile> profiles, bool details) {
  std::string text;
  for (const Profile& profile : profiles) {
    text += fmt::format("{}\n  {}\n", profile.name, profile.summary);
    if (!profile.fallback.empty())
      text += fmt::format("  what its delegate leaves: as {}\n", profile.fallback);
    for (const Evidence& e : profile.evidence) {
      text += fmt::format("  {:<16} {:<9} {}\n", name(e.family), name(e.confidence), e.rule);
      if (details) text += fmt::format("  {:<16} {:<9}   {}\n", "", "", e.source);
    }
    text += "\n";
  }
  if (!details) text += "`nputwin profiles NAME` adds where each rule is known from.\n";
  return text;
}

std::string profiles_json(std::span<const Profile> profiles) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Profile& profile : profiles) {
    nlohmann::ordered_json families = nlohmann::ordered_json::array();
    for (const Evidence& e : profile.evidence) {
      families.push_back({{"family", name(e.family)},
                          {"confidence", name(e.confidence)},
                          {"rule", e.rule},
                          {"source", e.source}});
    }
    json.push_back({{"name", profile.name},
                    {"summary", profile.summary},
                    {"fallback", profile.fallback},
                    {"families", std::move(families)}});
  }
  return json.dump(1) + "\n";
}

}  // namespace nputwin::report
