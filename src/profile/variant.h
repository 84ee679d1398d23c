#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "profile/profile.h"

namespace nputwin {

/// Every parameter as (path, value), such as ("int8.conv.rule.ties", "half_to_even"), in the order of parameters.h;
/// an optional that is left out has the value "none".
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parameter_values(const Profile& profile);

/// Sets the parameter of that path, where "none" leaves an optional out; a name without dots sets every parameter of
/// that name, wherever it stands. "substitute.FAMILY" is an override: a built-in profile that computes the family where
/// nothing is known of it. The error names what there is.
[[nodiscard]] Status set_parameter(Profile& profile, std::string_view path, std::string_view value);

/// The profile that a text stands for:
///
///   vip-v8                                      a built-in one
///   vip-v8{multiplier_bits=16,ties=half_up}     a variant: set_parameter for each pair, in order
///   my-chip.json                                a document (profile_json.h), by its ending; a variant of it as above
///   {"name": "my-chip", …}                      the document itself
///   vx(vip-v8)+tflite-2.9.1-arm64               a placement: what the VX delegate claims by the first profile, all
///                                               else by the second
///   vx-lf-5.15.71(vip-v8)+tflite-2.9.1-arm64    the same with another release of the delegate (vx_releases.inc)
[[nodiscard]] Result<Profile> resolve_profile(std::string_view text);

/// Whether the text is a document, not a name: it begins with a brace.
[[nodiscard]] inline bool is_profile_document(std::string_view text) { return text.starts_with('{'); }

/// What was known of families is now known by somebody's statement, at best.
void count_as_statement(Profile& profile, const std::string& whose);

}  // namespace nputwin
