#pragma once

#include <string>
#include <string_view>

#include "profile/profile.h"

namespace nputwin {

/// A profile as a JSON document, whole, in the order of parameters.h. profile_from_json gives the same profile back.
[[nodiscard]] std::string profile_to_json(const Profile& profile);

/// Reads a document as profile_schema() describes it. What it leaves out is as in the built-in profile that it names
/// as its base, or without a base as in a default Profile, whose families are all unknown. A field that does not
/// exist, a value that does not fit: the error names the field and says what is possible. Families of the base count
/// as a statement of the document.
[[nodiscard]] Result<Profile> profile_from_json(std::string_view text);

/// The JSON schema (draft 2020-12) of such documents.
[[nodiscard]] std::string profile_schema();

}  // namespace nputwin
