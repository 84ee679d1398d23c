#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace nputwin {

/// "PNG", "JPEG" or "BMP", by how the bytes begin; "" for anything else.
[[nodiscard]] std::string_view picture_kind(Bytes bytes);

/// An error where a picture's file ends before what its headers announce. Decoders fill in what is missing, without a
/// word. `name` is the file's.
[[nodiscard]] Status check_complete(Bytes bytes, const std::string& name);

}  // namespace nputwin
