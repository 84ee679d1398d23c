#include "report/text_table.h"

#include <algorithm>

#include "base/utf8.h"
#include "report/text.h"

namespace nputwin::report {

std::size_t TextTable::longest(std::size_t column) const {
  std::size_t width = characters(columns_[column].head);
  for (const auto& row : rows_) width = std::max(width, characters(row[column]));
  return width;
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths;
  widths.reserve(columns_.size());
  for (std::size_t c = 0; c < columns_.size(); ++c) widths.push_back(std::min(columns_[c].width, longest(c)));
  std::string text;
  const auto add_row = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (widths[c] == 0) continue;
      const std::string cell = shortened(cell_of(c), std::max<std::size_t>(widths[c], 3));
      const std::string blanks(widths[c] - std::min(widths[c], characters(cell)), ' ');
      line += (line.empty() ? "" : " ") + (columns_[c].is_text ? cell + blanks : blanks + cell);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  add_row([&](std::size_t c) { return columns_[c].head; });
  for (const auto& row : rows_) add_row([&](std::size_t c) { return row[c]; });
  return text;
}

}  // namespace nputwin::report
