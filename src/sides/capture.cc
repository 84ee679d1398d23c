#include "sides/capture.h"

#include <filesystem>

#include "sides/captures/format.h"

namespace nputwin {
namespace captures {

std::span<const Format> formats() {
  static constexpr Format kFormats[] = {
#define NPUTWIN_CAPTURE_FORMAT(function, looks, description) \
  {looks, description, recognises_##function, open_##function},
#include "sides/captures/formats.inc"
#undef NPUTWIN_CAPTURE_FORMAT
  };
  return kFormats;
}

}  // namespace captures

namespace {

constexpr std::string_view kLayout = ",layout=";

Result<captures::Source> parse(const std::string& text) {
  const std::size_t comma = text.rfind(kLayout);
  if (comma == std::string::npos) return captures::Source{text};
  const std::string layout = text.substr(comma + kLayout.size());
  if (layout != "nchw" && layout != "nhwc") return error("'{}': the layout is nchw or nhwc, not '{}'", text, layout);
  return captures::Source{text.substr(0, comma), layout == "nchw" ? Layout::kNchw : Layout::kNhwc};
}

const captures::Format* format_of(const std::string& path) {
  for (const captures::Format& format : captures::formats()) {
    if (format.recognises(path)) return &format;
  }
  return nullptr;
}

}  // namespace

bool is_capture(const std::string& source) {
  std::error_code ignored;
  const std::string path = source.substr(0, source.rfind(kLayout));
  return std::filesystem::is_directory(path, ignored) || format_of(path) != nullptr;
}

Result<CaptureSet> open_captures(const std::string& source, const Model& model, std::span<const TensorSpec> specs) {
  NPUTWIN_ASSIGN_OR_RETURN(const captures::Source parsed, parse(source));
  const captures::Format* format = format_of(parsed.path);
  if (format == nullptr)
    return error("{}: nothing in it is a captured tensor; a capture is one of these:\n{}", parsed.path,
                 capture_formats_text());
  return format->open(parsed, {&model, specs});
}

std::string capture_formats_text() {
  std::string text;
  for (const captures::Format& format : captures::formats())
    text += fmt::format("  {:<9}  {}\n", format.looks, format.description);
  return text;
}

}  // namespace nputwin
