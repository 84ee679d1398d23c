#pragma once

#include <string>
#include <vector>

#include "command/definition.h"

namespace nputwin::command {

/// A piece of the text behind a verb's options.
struct HelpBlock {
  enum class Kind {
    kParagraph,
    kRow,       ///< of a table: a term and what it means
    kIndented,  ///< a sentence that belongs to the table before it
    kCommand,   ///< never broken
    kBlank,
  };
  Kind kind = Kind::kParagraph;
  std::string term, text;
};

/// Reads a footer, a line of which is a paragraph, "  TERM  what it means", or deeper still the row's continuation.
[[nodiscard]] std::vector<HelpBlock> help_blocks(const std::string& footer);

/// What --help prints of a verb, in so many columns. Only a word longer than a line passes them.
[[nodiscard]] std::string help_text(const VerbDefinition& verb, std::size_t columns);

}  // namespace nputwin::command
