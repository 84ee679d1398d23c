#include "analysis/compare/condition_parser.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/suggestion.h"

namespace nputwin {
namespace {

/// The rest of a text that is read from its front; blanks before what is read do not count.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) { skip_blanks(); }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] bool at_quote() const { return next() == '\'' || next() == '"'; }
  bool take(char c) {
    if (next() != c) return false;
    advance(1);
    return true;
  }
  /// Letters and digits.
  std::string_view word() {
    const auto end = std::ranges::find_if_not(rest_, [](unsigned char c) { return std::isalnum(c) != 0; });
    return advance(static_cast<std::size_t>(end - rest_.begin()));
  }
  /// What stands in the quotes at the front, in which a doubled quote is one; nothing where they do not end.
  std::optional<std::string> quoted() {
    const char quote = next();
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] != quote) {
        text += rest_[i];
      } else if (i + 1 < rest_.size() && rest_[i + 1] == quote) {
        text += rest_[i++];
      } else {
        advance(i + 1);
        return text;
      }
    }
    return std::nullopt;
  }
  /// A finite number, and how it is written.
  std::optional<std::pair<double, std::string_view>> number() {
    double value = 0;
    const auto [end, failed] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (failed != std::errc() || !std::isfinite(value)) return std::nullopt;
    return std::pair(value, advance(static_cast<std::size_t>(end - rest_.data())));
  }

 private:
  std::string_view advance(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    skip_blanks();
    return taken;
  }
  void skip_blanks() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

constexpr std::string_view kScopes[] = {"isolated", "layer", "output"};

/// "(did you mean 'cosine'?); there are: …".
template <typename Words>
std::string among(std::string_view word, const Words& words) {
  const std::vector<std::string> known(std::begin(words), std::end(words));
  return fmt::format("{}; there are: {}", did_you_mean(word, known), fmt::join(known, ", "));
}

/// The layer or output that a scope names, up to and with the ':' behind it.
Status read_which(Cursor& cursor, Condition::Scope& scope) {
  if (cursor.at_quote()) {
    const auto name = cursor.quoted();
    if (!name) return error("the quotes around a name do not end");
    scope.which = *name;
  } else {
    scope.by_name = false;
    scope.which = cursor.word();
    if (!std::ranges::all_of(scope.which, [](unsigned char c) { return std::isdigit(c) != 0; })) scope.which.clear();
  }
  if (scope.which.empty() || !cursor.take(':'))
    return error(
        "layer: takes an op's number, or the name of its output in quotes, and another ':', as in "
        "layer:12:largest>2, and output: such a name or nothing");
  return {};
}

/// One word of a scope, whose ':' is read.
Status read_scope(std::string_view word, Cursor& cursor, Condition::Scope& scope) {
  using Of = Condition::Scope::Of;
  if (scope.of != Of::kLayers) return error("one scope is enough: isolated: may stand before layer: or output:");
  if (word == "isolated" && !scope.isolated) {
    scope.isolated = true;
    return {};
  }
  if (word == "layer") {
    scope.of = Of::kLayer;
    return read_which(cursor, scope);
  }
  if (word == "output") {
    scope.of = cursor.at_quote() ? Of::kOutput : Of::kOutputs;
    return cursor.at_quote() ? read_which(cursor, scope) : Status();
  }
  return error("there is no scope '{}'{}", word, among(word, kScopes));
}

/// Scopes, and the figure that they are of.
Status read_figure(Cursor& cursor, ParsedCondition& parsed) {
  std::string_view word = cursor.word();
  while (cursor.take(':')) {
    NPUTWIN_RETURN_IF_ERROR(read_scope(word, cursor, parsed.scope));
    word = cursor.word();
  }
  const auto metric = find_named<Metric>(word);
  if (!metric && word.empty()) return error("expected a figure: {}", fmt::join(kEnumNames<Metric>, ", "));
  if (!metric) return error("there is no figure '{}'{}", word, among(word, kEnumNames<Metric>));
  parsed.metric = *metric;
  return {};
}

Status read_bound(Cursor& cursor, ParsedCondition& parsed) {
  parsed.greater = cursor.take('>');
  if (!parsed.greater && !cursor.take('<')) return error("expected one of > >= < <= after {}", name(parsed.metric));
  parsed.or_equal = cursor.take('=');
  const auto number = cursor.number();
  if (!number) return error("expected a number after {}", parsed.greater ? ">" : "<");
  parsed.number = number->first;
  parsed.bound = fmt::format("{}{}{}", parsed.greater ? ">" : "<", parsed.or_equal ? "=" : "", number->second);
  parsed.percent = cursor.take('%');
  if (!cursor.at_end()) return error("something stands behind the number");
  return {};
}

}  // namespace

Result<ParsedCondition> parse_condition(std::string_view text) {
  Cursor cursor(text);
  ParsedCondition parsed;
  Status read = read_figure(cursor, parsed);
  if (read) read = read_bound(cursor, parsed);
  if (!read)
    return error(
        "'{}': {}. A condition is [SCOPE:]FIGURE RELATION NUMBER[%], as in mismatch>0.1% or output:cosine<0.999", text,
        read.error().message);
  return parsed;
}

}  // namespace nputwin
