#include "base/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

namespace nputwin {
namespace {

bool same_letter(char x, char y) {
  return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
}

/// How many letters must be put in, taken out or exchanged (Levenshtein), whatever their case.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t exchanged = diagonal + (same_letter(a[i], b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({exchanged, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

constexpr std::size_t kMost = 4;

/// The known words that begin with `word`, the shortest first. Two letters begin too many.
std::vector<std::string> begun(std::string_view word, std::span<const std::string> known) {
  constexpr std::size_t kLeastLetters = 3;
  std::vector<std::string> found;
  if (word.size() < kLeastLetters) return found;
  for (const std::string& candidate : known) {
    const std::string_view beginning = std::string_view(candidate).substr(0, word.size());
    if (std::ranges::equal(word, beginning, same_letter)) found.push_back(candidate);
  }
  std::ranges::stable_sort(found, {}, &std::string::size);
  return found;
}

std::vector<std::string> nearest(std::string_view word, std::span<const std::string> known) {
  std::size_t least = std::max<std::size_t>(word.size() / 3, 1);
  std::vector<std::string> found;
  for (const std::string& candidate : known) {
    const std::size_t far = distance(word, candidate);
    if (far > least) continue;
    if (far < least) found.clear();
    least = far;
    found.push_back(candidate);
  }
  return found;
}

}  // namespace

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
  std::vector<std::string> words;  // each once, in their order
  for (const std::string& candidate : known) {
    if (std::ranges::find(words, candidate) == words.end()) words.push_back(candidate);
  }
  std::vector<std::string> meant = begun(word, words);
  if (meant.empty()) meant = nearest(word, words);
  if (meant.empty()) return "";
  meant.resize(std::min(meant.size(), kMost));
  std::string text;
  for (std::size_t i = 0; i < meant.size(); ++i)
    text += fmt::format("{}'{}'", i == 0 ? "" : i + 1 == meant.size() ? " or " : ", ", meant[i]);
  return fmt::format(" (did you mean {}?)", text);
}

}  // namespace nputwin
