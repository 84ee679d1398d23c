#include "sides/capture.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

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

constexpr std::string_view kLayout = ",layout=", kModels = ",models=";

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// PATH without the options behind it, and those.
std::pair<std::string, std::string> split_options(const std::string& text) {
  const std::size_t comma = std::min(text.find(kLayout), text.find(kModels));
  if (comma == std::string::npos) return {text, ""};
  return {text.substr(0, comma), text.substr(comma)};
}

Status read_option(std::string_view option, const std::string& text, captures::Source& source) {
  if (option.starts_with(kModels)) {
    source.models = option.substr(kModels.size());
    return {};
  }
  const std::string_view layout = option.substr(kLayout.size());
  if (layout != "nchw" && layout != "nhwc") return error("'{}': the layout is nchw or nhwc, not '{}'", text, layout);
  source.layout = layout == "nchw" ? Layout::kNchw : Layout::kNhwc;
  return {};
}

/// NAME=PATH where no file has that whole name.
void split_name(captures::Source& source) {
  const std::size_t equals = source.path.rfind('=');
  if (equals == std::string::npos || exists(source.path)) return;
  source.tensor = source.path.substr(0, equals);
  source.path.erase(0, equals + 1);
}

Result<captures::Source> parse(const std::string& text) {
  captures::Source source;
  std::string options;
  std::tie(source.path, options) = split_options(text);
  for (std::string_view rest = options; !rest.empty();) {
    const std::size_t next = std::min(rest.find(kLayout, 1), rest.find(kModels, 1));
    NPUTWIN_RETURN_IF_ERROR(read_option(rest.substr(0, next), text, source));
    rest.remove_prefix(std::min(next, rest.size()));
  }
  split_name(source);
  return source;
}

const captures::Format* format_of(const captures::Source& source) {
  for (const captures::Format& format : captures::formats()) {
    const bool asked = !source.models.empty() && format.recognises == captures::recognises_prefixes;
    if (asked || (source.models.empty() && format.recognises(source.path))) return &format;
  }
  return nullptr;
}

/// A text that can be nothing but a path: a slash, and neither a placement's nor a variant's brackets.
bool looks_like_a_path(const std::string& text) {
  return text.find('/') != std::string::npos && text.find_first_of("({") == std::string::npos;
}

}  // namespace

bool is_capture(const std::string& source) {
  const std::string path = split_options(source).first;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored) || format_of({path}) != nullptr) return true;
  // A profile's document is the one other file that a side may be.
  return !path.ends_with(".json") && (exists(path) || looks_like_a_path(path));
}

Result<CaptureSet> open_captures(const std::string& source, const Model& model, std::span<const TensorSpec> specs) {
  NPUTWIN_ASSIGN_OR_RETURN(const captures::Source parsed, parse(source));
  if (!exists(parsed.path))
    return error(
        "{}: there is no such file or folder; a side is a profile (`nputwin profiles`), runtime:PYTHON or a "
        "capture",
        parsed.path);
  if (!parsed.tensor.empty() && !captures::recognises_array(parsed.path))
    return error("'{}': only a file with one array (.npy, .bin, .raw, .txt) takes NAME=", source);
  const captures::Format* format = format_of(parsed);
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
