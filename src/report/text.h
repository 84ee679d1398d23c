#pragma once

#include <string>

namespace nputwin::report {

/// A name of at most 40 bytes, the end cut off: converters name tensors by all the layers that were folded into them.
[[nodiscard]] std::string short_name(const std::string& name);

/// A field of a CSV file by RFC 4180: quoted where it holds a comma, a quote or a line break.
[[nodiscard]] std::string csv_field(std::string text);

/// Text inside an HTML or XML element or a quoted attribute.
[[nodiscard]] std::string markup_text(std::string_view text);

}  // namespace nputwin::report
