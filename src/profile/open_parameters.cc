#include "profile/open_parameters.h"

namespace nputwin {
namespace {

constexpr OpenParameter kOpen[] = {
#define NPUTWIN_OPEN(profile, parameter, value, why) {profile, parameter, value, why},
#include "profile/open_parameters.inc"
#undef NPUTWIN_OPEN
};

/// Where `name` stands as a whole word of a profile's text: "vip-v8" in "vx(vip-v8)+tflite-2.9.1-arm64".
std::size_t place_of(const std::string& text, std::string_view name) {
  const std::size_t at = text.find(name), end = at + name.size();
  const bool whole = at != std::string::npos && (at == 0 || text[at - 1] == '(') &&
                     (end == text.size() || text[end] == ')' || text[end] == '{');
  return whole ? at : std::string::npos;
}

}  // namespace

std::span<const OpenParameter> open_parameters() { return kOpen; }

std::vector<OpenVariant> open_variants(const std::string& text) {
  std::vector<OpenVariant> variants;
  for (const OpenParameter& open : kOpen) {
    const std::size_t at = place_of(text, open.profile);
    if (at == std::string::npos) continue;
    const std::size_t end = at + open.profile.size();
    const std::string pair = std::string(open.parameter) + "=" + std::string(open.value);
    OpenVariant variant{&open, text};
    // After the user's own pairs: the last one of a name holds.
    if (end < text.size() && text[end] == '{') {
      const std::size_t brace = text.find('}', end);
      if (brace == std::string::npos) continue;
      variant.text.insert(brace, (brace == end + 1 ? "" : ",") + pair);
    } else {
      variant.text.insert(end, "{" + pair + "}");
    }
    variants.push_back(std::move(variant));
  }
  return variants;
}

}  // namespace nputwin
