// Tensors and lists of tensors as text.

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "base/suggestion.h"
#include "sides/captures/format.h"

namespace nputwin::captures {
namespace {

Result<std::string> read_text(const std::string& path) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path));
  return std::string(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// Calls f(word) for what stands between white space.
template <typename F>
Status each_word(std::string_view text, F&& f) {
  for (std::size_t i = 0; i < text.size();) {
    while (i < text.size() && is_space(text[i])) ++i;
    const std::size_t first = i;
    while (i < text.size() && !is_space(text[i])) ++i;
    if (i > first) NPUTWIN_RETURN_IF_ERROR(f(text.substr(first, i - first)));
  }
  return {};
}

template <typename T>
Result<Tensor> parse_values(std::string_view text, const std::string& path) {
  std::vector<T> values;
  NPUTWIN_RETURN_IF_ERROR(each_word(text, [&](std::string_view word) -> Status {
    T value{};
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (failed != std::errc() || end != word.data() + word.size())
      return error("{}: '{}' is no number that fits", path, word);
    values.push_back(value);
    return {};
  }));
  if (values.size() > INT32_MAX) return error("{}: has {} values", path, values.size());
  Tensor tensor;
  tensor.spec.type = *kDTypeOf<T>, tensor.spec.shape = {static_cast<std::int32_t>(values.size())};
  tensor.data.resize(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  return tensor;
}

std::optional<int> tensor_of(std::string_view text, const Target& target) {
  if (const auto named = target.named(text)) return named;
  int index = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), index);
  const auto made = target.made();
  if (failed != std::errc() || end != text.data() + text.size() ||
      std::find(made.begin(), made.end(), index) == made.end())
    return std::nullopt;
  return index;
}

}  // namespace

Result<Tensor> read_text_values(const std::string& path) {
  NPUTWIN_ASSIGN_OR_RETURN(const std::string text, read_text(path));
  return text.find_first_of(".eEn") == std::string::npos ? parse_values<std::int32_t>(text, path)
                                                         : parse_values<float>(text, path);
}

namespace {

/// A line of a tensor map: its words, and what they name.
struct MapLine {
  std::vector<std::string_view> words;
  std::optional<int> tensor;
  std::string file;
};

MapLine read_map_line(std::string_view line, const std::string& folder, const Target& target) {
  MapLine result;
  (void)each_word(line, [&](std::string_view word) -> Status {
    while (!word.empty() && (word.back() == ':' || word.back() == ',')) word.remove_suffix(1);
    result.words.push_back(word);
    const auto name = std::filesystem::path(word).filename();
    std::error_code ignored;
    if (const auto named = tensor_of(word, target)) {
      result.tensor = named;
    } else if (std::filesystem::is_regular_file(folder / name, ignored)) {
      result.file = name.string();
    }
    return {};
  });
  return result;
}

/// What is wrong with a line that must name a tensor and a file.
Status check_map_line(const MapLine& line, const std::string& where, const std::string& folder, const Target& target) {
  const std::size_t last = target.specs.size() - 1;
  if (line.tensor) return {};  // the file may not have been copied
  if (line.words.size() != 2) return error("{}: expected a tensor's name or index and a file's name", where);
  if (line.file.empty()) return error("{}: names neither a file in {} nor a tensor that an op makes", where, folder);
  const bool first_is_file = std::filesystem::path(line.words[0]).filename() == line.file;
  const std::string word(line.words[first_is_file ? 1 : 0]);
  const bool number = word.find_first_not_of("0123456789") == std::string::npos;
  if (number)
    return error("{}: no op makes tensor {}; {} has tensors 0 to {}, and `nputwin inspect` shows which ops make", where,
                 word, target.model->path, last);
  std::vector<std::string> names;
  for (const int t : target.made()) names.push_back(target.spec(t).name);
  return error("{}: no op's output is called '{}'{}; `nputwin inspect` lists the names and the indices 0 to {}", where,
               word, did_you_mean(word, names), last);
}

}  // namespace

Result<std::map<std::string, int>> read_tensor_map(const std::string& path, const std::string& folder,
                                                   const Target& target, MapLines lines) {
  std::map<std::string, int> tensors;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return tensors;
  NPUTWIN_ASSIGN_OR_RETURN(const std::string text, read_text(path));
  std::size_t number = 0;
  for (std::size_t first = 0; first < text.size();) {
    const std::size_t end = std::min(text.find('\n', first), text.size());
    const MapLine line = read_map_line(std::string_view(text).substr(first, end - first), folder, target);
    first = end + 1;
    ++number;
    if (lines == MapLines::kAllMap && !line.words.empty() && !line.words[0].starts_with('#'))
      NPUTWIN_RETURN_IF_ERROR(check_map_line(line, fmt::format("{}:{}", path, number), folder, target));
    if (!line.file.empty() && line.tensor) tensors.emplace(line.file, *line.tensor);
  }
  return tensors;
}

}  // namespace nputwin::captures
