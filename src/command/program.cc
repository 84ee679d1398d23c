#include "command/program.h"

#include <cctype>

#include "report/text.h"

namespace nputwin::command {
namespace {

/// What stands between single quotes, shortened where it is long. An apostrophe inside a word is none.
std::string with_short_names(const std::string& text) {
  constexpr std::size_t kNameColumns = 80;
  const auto is_word = [&](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0);
  };
  std::string result;
  std::size_t told = 0;
  for (std::size_t open = 0; (open = text.find('\'', open)) != std::string::npos; ++open) {
    if (open > 0 && is_word(open - 1)) continue;
    std::size_t close = text.find('\'', open + 1);
    while (close != std::string::npos && is_word(close + 1)) close = text.find('\'', close + 1);
    if (close == std::string::npos) break;
    result += text.substr(told, open + 1 - told);
    result += report::shortened(text.substr(open + 1, close - open - 1), kNameColumns);
    told = close;
    open = close;
  }
  return result + text.substr(told);
}

}  // namespace

std::string Program::as_called(std::string text) const {
  constexpr std::string_view kCommand = "`nputwin ";
  for (std::size_t at = 0; (at = text.find(kCommand, at)) != std::string::npos; at += command.size())
    text.replace(at + 1, kCommand.size() - 2, command);
  return text;
}

std::string Program::as_told(const std::string& text) const { return with_short_names(as_called(text)); }

void Program::note(const std::string& text) const {
  if (!quiet) host->note(as_told(text));
}

Callbacks Program::callbacks(const std::string& units, bool can_end) const {
  Callbacks callbacks = host->work(verb, units, can_end);
  if (quiet) {
    callbacks.progress = {};
  } else {
    callbacks.note = [program = *this](const std::string& text) { program.note(text); };
  }
  return callbacks;
}

}  // namespace nputwin::command
