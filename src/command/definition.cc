#include "command/definition.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nputwin::command {

std::string option_title(const OptionDefinition& option) {
  std::string title = fmt::format("{}", fmt::join(option.names, ","));
  if (!option.value.empty() && option.value != title) title += " " + option.value;
  return title;
}

std::string option_help(const OptionDefinition& option) {
  std::vector<std::string> notes;
  if (option.required) notes.emplace_back("required");
  if (!option.choices.empty()) notes.push_back(fmt::format("one of {}", fmt::join(option.choices, ", ")));
  if (!option.range.empty()) notes.push_back(option.range);
  if (option.repeatable) notes.emplace_back("may be repeated");
  if (!option.by_default.empty()) notes.push_back("default: " + option.by_default);
  if (!option.environment.empty()) notes.push_back("or the variable " + option.environment);
  return notes.empty() ? option.help : fmt::format("{} ({})", option.help, fmt::join(notes, "; "));
}

std::string usage(const VerbDefinition& verb) {
  std::string text = verb.name;
  bool more = false;
  for (const auto& option : verb.options) {
    const std::string& name = option->names.front();
    if (option->positional) text += option->required ? " " + name : " [" + name + "]";
    more = more || (!option->positional && !option->required && !option->hidden);
  }
  for (const auto& option : verb.options)
    if (!option->positional && option->required) text += " " + option->names.front() + " " + option->value;
  if (more) text += " [OPTIONS]";
  if (!verb.verbs.empty()) text += verb.acts ? " [VERB]" : " VERB";
  return text;
}

std::vector<std::string> option_groups(const VerbDefinition& verb) {
  std::vector<std::string> groups;
  for (const char* group : kGroups) {
    const auto is_of_group = [&](const auto& option) { return !option->hidden && option->group == group; };
    if (std::ranges::any_of(verb.options, is_of_group)) groups.emplace_back(group);
  }
  return groups;
}

}  // namespace nputwin::command
