#include "command/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "api/command_text.h"
#include "base/suggestion.h"
#include "command/help_text.h"

namespace nputwin::command {
namespace {

constexpr std::size_t kHelpColumns = 80;  // of what no terminal shows

/// What no one is to read twice: the verb that was given, as CLI11 and as its definition.
struct Given {
  const CLI::App* app;
  const VerbDefinition* definition;
};

Given innermost(const CLI::App& app, const VerbDefinition& definition) {
  Given given{&app, &definition};
  while (!given.app->get_subcommands().empty()) {
    given.app = given.app->get_subcommands().front();
    const auto named = [&](const auto& verb) { return verb->word() == given.app->get_name(); };
    given.definition = std::ranges::find_if(given.definition->verbs, named)->get();
  }
  return given;
}

/// The first word that was not understood, and what was meant.
std::string not_understood(const VerbDefinition& verb, const std::vector<std::string>& words) {
  const std::string& first = words.front();
  std::vector<std::string> known;
  if (first.starts_with('-') && first.size() > 1) {
    for (const auto& one : verb.options)
      if (!one->positional) known.insert(known.end(), one->names.begin(), one->names.end());
    const std::string name = first.substr(0, first.find('='));
    return fmt::format("there is no option '{}'{}", name, did_you_mean(name, known));
  }
  for (const auto& one : verb.verbs)
    if (!one->hidden) known.push_back(one->word());
  if (known.empty()) return fmt::format("unexpected argument '{}'", first);
  return fmt::format("no verb is called '{}'{}", first, did_you_mean(first, known));
}

/// Arguments with `help VERB` and `version` as the options that these words stand for.
std::vector<std::string> with_words_as_options(std::vector<std::string> arguments) {
  if (arguments.empty()) return arguments;
  if (arguments.front() == "version") arguments.front() = "--version";
  if (arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
  return arguments;
}

}  // namespace

ModelFile Memory::model(const std::string& word) const {
  const auto found = models.find(word);
  return found == models.end() ? ModelFile(word) : found->second;
}

InputArgument Memory::input(const std::string& word) const {
  const std::size_t at = word.rfind(InputArgument::kMemory);
  if (at == std::string::npos || (at > 0 && word[at - 1] != '=')) return word;
  const auto found = arrays.find(word.substr(at, word.find(',', at) - at));
  return found == arrays.end() ? InputArgument(word) : InputArgument(word, found->second);
}

Option& Option::required(bool yes) {
  option_->required(yes);
  definition_->required = yes;
  return *this;
}

Option& Option::value(const std::string& word) {
  option_->type_name(word);
  definition_->value = word;
  return *this;
}

Option& Option::group(const std::string& title) {
  definition_->group = title;
  return *this;
}

Option& Option::two() {
  option_->expected(2);
  return *this;
}

Option& Option::repeatable() {
  option_->allow_extra_args(false);
  definition_->repeatable = true;
  return *this;
}

Option& Option::shows_default() {
  option_->capture_default_str();
  std::string text = option_->get_default_str();
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);  // a list's
  definition_->by_default = text;
  return *this;
}

Option& Option::from(int least, int most) {
  option_->check(CLI::Range(least, most));
  definition_->range = fmt::format("{} to {}", least, most);
  return *this;
}

Option& Option::one_of(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words));
  definition_->choices = words;
  return *this;
}

Option& Option::environment(const std::string& variable) {
  option_->envname(variable);
  definition_->environment = variable;
  return *this;
}

Command Command::verb(const std::string& name, const std::string& description) {
  auto definition = std::make_unique<VerbDefinition>();
  definition->name = definition_->name + " " + name;
  definition->about = description;
  definition_->verbs.push_back(std::move(definition));
  Command verb{app_->add_subcommand(name, description), definition_->verbs.back().get(), parsed_};
  verb.add_general();
  return verb;
}

void Command::footer(const std::string& text) { definition_->footer = text; }

void Command::hide() { definition_->hidden = true; }

Option Command::define(CLI::Option* option, const std::string& names, const std::string& help) {
  auto definition = std::make_unique<OptionDefinition>();
  definition->positional = !names.starts_with('-');
  definition->names = CLI::detail::split(names, ',');
  definition->help = help;
  definition->group = definition->positional ? kArgumentsGroup : kOptionsGroup;
  definition_->options.push_back(std::move(definition));
  return {option, definition_->options.back().get()};
}

template <typename T>
Option Command::option(const std::string& names, T& value, const std::string& help) {
  Option option = define(app_->add_option(names, value, help), names, help);
  return option.value("VALUE");
}
template Option Command::option(const std::string&, std::string&, const std::string&);
template Option Command::option(const std::string&, std::vector<std::string>&, const std::string&);
template Option Command::option(const std::string&, int&, const std::string&);
template Option Command::option(const std::string&, std::uint64_t&, const std::string&);

Option Command::option(const std::string& names, ModelFile& model, const std::string& help) {
  const auto set = [&model, parsed = parsed_](const std::string& word) { model = parsed->memory.model(word); };
  return define(app_->add_option_function<std::string>(names, set, help), names, help);
}

Option Command::option(const std::string& names, std::vector<ModelFile>& models, const std::string& help) {
  const auto set = [&models, parsed = parsed_](const std::vector<std::string>& words) {
    models.clear();
    for (const std::string& word : words) models.push_back(parsed->memory.model(word));
  };
  return define(app_->add_option_function<std::vector<std::string>>(names, set, help), names, help);
}

Option Command::option(const std::string& names, std::vector<InputArgument>& inputs, const std::string& help) {
  const auto set = [&inputs, parsed = parsed_](const std::vector<std::string>& words) {
    inputs.clear();
    for (const std::string& word : words) inputs.push_back(parsed->memory.input(word));
  };
  CLI::Option* option = app_->add_option_function<std::vector<std::string>>(names, set, help);
  if (!inputs.empty()) option->default_str(inputs.front().text);
  return define(option, names, help);
}

Option Command::flag(const std::string& names, bool& value, const std::string& help) {
  return define(app_->add_flag(names, value, help), names, help);
}

void Command::add_general() {
  define(app_->get_help_ptr(), "-h,--help", "Print this and end").group(kGeneralGroup);
  flag("-q,--quiet", parsed_->program.quiet, "Print no notes and no progress").group(kGeneralGroup);
  flag("-v,--verbose", parsed_->program.verbose, "Say in the end which build ran, on which processor, and how long")
      .group(kGeneralGroup);
}

void Command::does(Action action) {
  definition_->acts = true;
  app_->callback([app = app_, definition = definition_, parsed = parsed_, action = std::move(action)] {
    if (!app->get_subcommands().empty()) return;
    parsed->action = action;
    parsed->program.verb = definition->name.substr(definition->name.find(' ') + 1);
  });
}

CommandLine::CommandLine(const std::string& description, const std::string& name, const std::string& version,
                         Host& host, Memory memory)
    : app_(std::make_unique<CLI::App>(description, name)), version_(version) {
  parsed_.program.host = &host;
  parsed_.memory = std::move(memory);
  definition_.name = name;
  definition_.about = description;
  app_->require_subcommand(0, 1);
  root().add_general();
  root()
      .define(app_->set_version_flag("--version,-V", version), "--version,-V", "Print the version and end")
      .group(kGeneralGroup);
}

CommandLine::~CommandLine() = default;

Command CommandLine::root() { return {app_.get(), &definition_, &parsed_}; }

Action CommandLine::parse(std::vector<std::string> words) {
  const auto ends = [](Exit code) { return [code](const Program&) { return Result<Exit>(code); }; };
  const Program& program = parsed_.program;
  parsed_.program.command = api::quoted(words.empty() ? definition_.name : words.front());
  if (!words.empty()) words.erase(words.begin());
  std::vector<std::string> arguments = with_words_as_options(std::move(words));
  std::ranges::reverse(arguments);  // as CLI11 takes them
  std::string problem;
  try {
    app_->parse(arguments);
  } catch (const CLI::CallForVersion&) {
    program.print(version_ + "\n");
    return ends(Exit::kSame);
  } catch (const CLI::CallForHelp&) {
    program.print(help_text(*innermost(*app_, definition_).definition, program.host->columns(kHelpColumns)));
    return ends(Exit::kSame);
  } catch (const CLI::ParseError& e) {
    problem = e.what();
  }
  if (problem.empty() && parsed_.action) return parsed_.action;
  const VerbDefinition& verb = *innermost(*app_, definition_).definition;
  if (problem.empty()) {  // no verb
    program.tell(help_text(verb, program.host->columns(kHelpColumns)));
    return ends(Exit::kFailed);
  }
  const std::vector<std::string> left = app_->remaining(true);
  if (!left.empty()) problem = not_understood(verb, left);
  program.tell(fmt::format("{}: {}\n`{}{} --help` says what there is\n", verb.name, problem, program.command,
                           verb.name.substr(definition_.name.size())));
  return ends(Exit::kFailed);
}

}  // namespace nputwin::command
