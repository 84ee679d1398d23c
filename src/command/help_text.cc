#include "command/help_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/in_lines.h"
#include "base/utf8.h"

namespace nputwin::command {
namespace {

constexpr std::size_t kMargin = 2;      // before a term
constexpr std::size_t kMostTerm = 26;   // a longer term has its line to itself
constexpr std::size_t kLeastText = 30;  // beside a term; otherwise the text stands below it
constexpr std::size_t kBelow = 6;

/// Terms with what they mean beside them, or below them where the columns are few.
std::string table(const std::vector<HelpBlock>& rows, std::size_t columns) {
  std::size_t width = 0;
  for (const HelpBlock& row : rows) width = std::max(width, std::min(characters(row.term), kMostTerm));
  const bool beside = kMargin + width + 2 + kLeastText <= columns;
  const std::size_t indent = beside ? kMargin + width + 2 : kBelow;
  std::string result;
  for (const HelpBlock& row : rows) {
    std::string begun = std::string(kMargin, ' ') + row.term;
    if (!beside || characters(row.term) > kMostTerm) {
      result += begun + "\n";
      begun.clear();
    }
    begun.resize(begun.size() + indent - std::min(indent, characters(begun)), ' ');
    result += in_lines(row.text, columns, indent, begun);
  }
  return result;
}

std::string footer_text(const std::vector<HelpBlock>& blocks, std::size_t columns) {
  std::string text;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    switch (blocks[i].kind) {
      case HelpBlock::Kind::kParagraph:
        text += in_lines(blocks[i].text, columns, 0, "");
        break;
      case HelpBlock::Kind::kIndented:
        text += in_lines(blocks[i].text, columns, kMargin, std::string(kMargin, ' '));
        break;
      case HelpBlock::Kind::kCommand:
        text += std::string(kMargin, ' ') + blocks[i].text + "\n";
        break;
      case HelpBlock::Kind::kBlank:
        text += '\n';
        break;
      case HelpBlock::Kind::kRow: {
        std::vector<HelpBlock> rows;
        for (; i < blocks.size() && blocks[i].kind == HelpBlock::Kind::kRow; ++i) rows.push_back(blocks[i]);
        --i;
        text += table(rows, columns);
        break;
      }
    }
  }
  return text;
}

HelpBlock block_of(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(' ');
  if (begin == std::string::npos) return {HelpBlock::Kind::kBlank, "", ""};
  const std::string text = line.substr(begin);
  if (begin == 0) return {HelpBlock::Kind::kParagraph, "", text};
  if (text.starts_with("nputwin ")) return {HelpBlock::Kind::kCommand, "", text};
  const std::size_t gap = text.find("  ");
  if (gap == std::string::npos) return {HelpBlock::Kind::kIndented, "", text};
  return {HelpBlock::Kind::kRow, text.substr(0, gap), text.substr(text.find_first_not_of(' ', gap))};
}

}  // namespace

std::vector<HelpBlock> help_blocks(const std::string& footer) {
  std::vector<HelpBlock> blocks;
  std::istringstream lines(footer);
  for (std::string line; std::getline(lines, line);) {
    HelpBlock block = block_of(line);
    const bool deep = line.find_first_not_of(' ') > 2 * kMargin;
    if (deep && block.kind == HelpBlock::Kind::kIndented && !blocks.empty() &&
        blocks.back().kind == HelpBlock::Kind::kRow) {
      blocks.back().text += " " + block.text;
    } else {
      blocks.push_back(std::move(block));
    }
  }
  return blocks;
}

std::string help_text(const VerbDefinition& verb, std::size_t columns) {
  std::string text = footer_text(help_blocks(verb.about), columns);
  text += in_lines(usage(verb), columns, kBelow + 4, "Usage: ");
  std::vector<HelpBlock> verbs;
  for (const auto& next : verb.verbs)
    if (!next->hidden) verbs.push_back({HelpBlock::Kind::kRow, next->word(), next->about});
  if (!verbs.empty()) text += "\nVerbs:\n" + table(verbs, columns);
  for (const std::string& group : option_groups(verb)) {
    std::vector<HelpBlock> rows;
    for (const auto& option : verb.options) {
      if (option->group == group && !option->hidden)
        rows.push_back({HelpBlock::Kind::kRow, option_title(*option), option_help(*option)});
    }
    text += fmt::format("\n{}:\n{}", group, table(rows, columns));
  }
  return verb.footer.empty() ? text : text + "\n" + footer_text(help_blocks(verb.footer), columns);
}

}  // namespace nputwin::command
