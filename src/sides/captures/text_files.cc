// Tensors and lists of tensors as text.

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>

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

Result<std::map<std::string, int>> read_tensor_map(const std::string& path, const std::string& folder,
                                                   const Target& target) {
  std::map<std::string, int> tensors;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return tensors;
  NPUTWIN_ASSIGN_OR_RETURN(const std::string text, read_text(path));
  for (std::size_t first = 0; first < text.size();) {
    const std::size_t end = std::min(text.find('\n', first), text.size());
    std::string file;
    std::optional<int> tensor;
    NPUTWIN_RETURN_IF_ERROR(
        each_word(std::string_view(text).substr(first, end - first), [&](std::string_view word) -> Status {
          while (!word.empty() && (word.back() == ':' || word.back() == ',')) word.remove_suffix(1);
          const auto name = std::filesystem::path(word).filename();
          if (const auto named = tensor_of(word, target)) {
            tensor = named;
          } else if (std::filesystem::is_regular_file(folder / name, ignored)) {
            file = name.string();
          }
          return {};
        }));
    if (!file.empty() && tensor) tensors.emplace(file, *tensor);
    first = end + 1;
  }
  return tensors;
}

}  // namespace nputwin::captures
