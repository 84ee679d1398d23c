#include "sides/inputs/source.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/stream.h"

namespace nputwin::inputs {
namespace {

bool names_something(const std::string& path) {
  std::error_code ignored;
  return is_stream(path) || std::filesystem::exists(path, ignored);
}

/// Where options begin if nothing has the name: at the first comma with KEY= behind it.
std::size_t likely_options(const std::string& text) {
  for (std::size_t comma = text.find(','); comma != std::string::npos; comma = text.find(',', comma + 1)) {
    const auto is_key = [](unsigned char c) { return std::isalpha(c) != 0; };
    const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(comma) + 1, text.end(), is_key);
    if (end != text.end() && *end == '=') return comma;
  }
  return text.size();
}

/// The text with options behind the path's end.
Given split(const std::string& text, std::size_t end) {
  Given given{text, text.substr(0, end), {}, nullptr};
  while (end < text.size()) {
    const std::size_t next = std::min(text.find(',', end + 1), text.size());
    given.options.push_back(text.substr(end + 1, next - end - 1));
    end = next;
  }
  return given;
}

}  // namespace

Notes Notes::among(std::size_t files) const {
  Notes notes = *this;
  notes.others_ = files - 1;
  return notes;
}

void Notes::say(const std::string& topic, const TensorSpec& input, const std::string& text) const {
  if (!note_ || !said_->insert(topic + " " + input.name).second) return;
  note_(others_ == 0 ? text : fmt::format("{}; {} more file{} alike", text, others_, others_ == 1 ? "" : "s"));
}

Given Given::parse(const std::string& text) {
  std::size_t end = text.size();
  while (end != std::string::npos && end > 0 && !names_something(text.substr(0, end))) end = text.rfind(',', end - 1);
  if (end == std::string::npos || end == 0) end = likely_options(text);
  return split(text, end);
}

Given Given::in_memory(const std::string& text) { return split(text, std::min(text.find(','), text.size())); }

Result<std::shared_ptr<const Blob>> Given::read(std::size_t limit) const {
  if (bytes) return bytes;
  return read_file_or_stream(path, limit);
}

bool Given::is_file_of(std::initializer_list<std::string_view> endings) const {
  std::string small = path;
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::error_code ignored;
  return std::ranges::any_of(endings, [&](std::string_view ending) { return small.ends_with(ending); }) &&
         !std::filesystem::is_directory(path, ignored);
}

Source one_sample(const Given& given, bool serves_all, std::function<Result<Tensor>(const TensorSpec&)> f) {
  return {given.text, serves_all, [f = std::move(f)](const TensorSpec& spec, std::size_t) -> Result<InputSamples> {
            return InputSamples{1, [f, spec](std::size_t) { return f(spec); }};
          }};
}

std::span<const Kind> kinds() {
  static constexpr Kind kKinds[] = {
#define NPUTWIN_INPUT_KIND(function, looks, description, options) \
  {looks, description, options, recognises_##function, open_##function},
#include "sides/inputs/kinds.inc"
#undef NPUTWIN_INPUT_KIND
  };
  return kKinds;
}

const Kind* kind_of(const Given& given) {
  const auto found = std::ranges::find_if(kinds(), [&](const Kind& kind) { return kind.recognises(given); });
  return found == kinds().end() ? nullptr : &*found;
}

Status check_options(const Given& given, std::string_view looks, std::string_view options) {
  for (const std::string& option : given.options) {
    if (takes_option(options, key_of(option))) continue;
    return error("'{}': {} takes no option '{}'{}{}", given.text, looks, key_of(option),
                 options.empty() ? "" : "; it takes: ", options);
  }
  return {};
}

Result<Source> open(const Kind& kind, const Given& given, const Notes& notes) {
  NPUTWIN_RETURN_IF_ERROR(check_options(given, kind.looks, kind.options));
  return kind.open(given, notes);
}

std::string key_of(const std::string& option) { return option.substr(0, option.find('=')); }

bool takes_option(std::string_view options, std::string_view key) {
  while (!options.empty()) {
    const std::string_view word = options.substr(0, options.find(' '));
    if (word == key) return true;
    options.remove_prefix(std::min(word.size() + 1, options.size()));
  }
  return false;
}

std::string option(const Given& given, std::string_view key, std::string otherwise) {
  for (const std::string& text : given.options) {
    if (key_of(text) == key) otherwise = text.substr(std::min(key.size() + 1, text.size()));
  }
  return otherwise;
}

Tensor blank(const TensorSpec& spec) { return {spec, std::vector<std::byte>(spec.bytes())}; }

}  // namespace nputwin::inputs
