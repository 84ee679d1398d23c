#include "command/manual.h"

#include <fmt/format.h>

#include <algorithm>

#include "command/help_text.h"

namespace nputwin::command {
namespace {

/// Text as roff reads it back: no line is a request, and a hyphen can be searched for and copied.
std::string roff(const std::string& text) {
  std::string result = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 3, "…") == 0) {  // which ASCII terminals lack
      result += "...";
      i += 2;
    } else if (text[i] == '\\') {
      result += "\\e";
    } else if (text[i] == '-') {
      result += "\\-";
    } else if (text[i] == '`') {
      result += "\\(ga";
    } else if (text[i] == '\'') {
      result += "\\(aq";
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string term(const std::string& title, const std::string& text) {
  return fmt::format(".TP\n.B {}\n{}\n", roff(title), roff(text));
}

std::string blocks_text(const std::vector<HelpBlock>& blocks) {
  std::string text;
  for (const HelpBlock& block : blocks) {
    switch (block.kind) {
      case HelpBlock::Kind::kParagraph:
      case HelpBlock::Kind::kIndented:
        text += fmt::format(".PP\n{}\n", roff(block.text));
        break;
      case HelpBlock::Kind::kRow:
        text += term(block.term, block.text);
        break;
      case HelpBlock::Kind::kCommand:
        text += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(block.text));
        break;
      case HelpBlock::Kind::kBlank:
        break;
    }
  }
  return text;
}

std::string options_text(const VerbDefinition& verb) {
  std::string text;
  for (const std::string& group : option_groups(verb)) {
    text += fmt::format(".SS {}\n", group);
    for (const auto& option : verb.options) {
      if (option->group == group && !option->hidden) text += term(option_title(*option), option_help(*option));
    }
  }
  return text;
}

std::string hyphenated(std::string name) {
  std::ranges::replace(name, ' ', '-');
  return name;
}

/// A verb with its own verbs, each with its options and what it says behind them.
std::string verb_text(const VerbDefinition& verb) {
  std::string text = fmt::format(".SH OPTIONS\n{}", options_text(verb));
  if (!verb.footer.empty()) text += ".SH DETAILS\n" + blocks_text(help_blocks(verb.footer));
  for (const auto& next : verb.verbs) {
    if (next->hidden) continue;
    text += fmt::format(".SH {}\n.PP\n{}\n.PP\n.B {}\n{}{}", roff("\"" + next->name + "\""), roff(next->about),
                        roff(usage(*next)), options_text(*next), blocks_text(help_blocks(next->footer)));
  }
  return text;
}

std::string verbs_text(const VerbDefinition& program) {
  std::string text = ".SH VERBS\n";
  for (const auto& verb : program.verbs)
    if (!verb->hidden) text += term(verb->word(), verb->about);
  return text + fmt::format(".SH OPTIONS\n{}", options_text(program));
}

std::string see_also(const VerbDefinition& program, const VerbDefinition& page) {
  std::string text;
  const auto add = [&](const VerbDefinition& verb) {
    if (&verb != &page && !verb.hidden)
      text += fmt::format("{}.BR {} (1)", text.empty() ? "" : " ,\n", roff(hyphenated(verb.name)));
  };
  add(program);
  for (const auto& verb : program.verbs) add(*verb);
  return ".SH SEE ALSO\n" + text + "\n";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

ManualPage page(const VerbDefinition& program, const VerbDefinition& verb, const std::string& version) {
  const std::string title = hyphenated(verb.name);
  std::string upper = title;
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string text = fmt::format(".TH {} 1 \"\" \"{}\" \"nputwin\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n",
                                 roff(upper), version, roff(title), roff(first_line(verb.about)), roff(usage(verb)));
  text += ".SH DESCRIPTION\n" + blocks_text(help_blocks(verb.about));
  text += &verb == &program ? verbs_text(program) : verb_text(verb);
  text += ".SH EXIT STATUS\n" + term("0", "the same, or done") + term("1", "differs") +
          term("2", "failed, or not all of it");
  return {title + ".1", text + see_also(program, verb)};
}

}  // namespace

std::vector<ManualPage> manual(const VerbDefinition& program, const std::string& version) {
  std::vector<ManualPage> pages{page(program, program, version)};
  for (const auto& verb : program.verbs)
    if (!verb->hidden) pages.push_back(page(program, *verb, version));
  return pages;
}

}  // namespace nputwin::command
