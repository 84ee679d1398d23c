#include "base/in_lines.h"

#include <sstream>

#include "base/utf8.h"

namespace nputwin {

std::string in_lines(const std::string& text, std::size_t columns, std::size_t indent, std::string begun) {
  std::istringstream words(text);
  std::string result, line = std::move(begun), word;
  bool empty = true;
  while (words >> word) {
    if (!empty && characters(line) + 1 + characters(word) > columns) {
      result += line + "\n";
      line = std::string(indent, ' ');
      empty = true;
    }
    line += (empty ? "" : " ") + word;
    empty = false;
  }
  return result + line + "\n";
}

}  // namespace nputwin
