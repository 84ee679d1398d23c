#pragma once

#include <string>
#include <vector>

namespace nputwin::report {

/// A table as lines of text.
class TextTable {
 public:
  struct Column {
    std::string head;
    bool is_text = false;          ///< to the left
    std::size_t width = SIZE_MAX;  ///< at most; 0: the column is left out
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell for each column.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// The characters that a column's longest cell has.
  [[nodiscard]] std::size_t longest(std::size_t column) const;
  void set_width(std::size_t column, std::size_t width) { columns_[column].width = width; }
  /// The heads and the rows. Cells that are too long are shortened in the middle.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace nputwin::report
