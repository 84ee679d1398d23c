#include "command_line.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>

#include "base/suggestion.h"

namespace nputwin::cli {
namespace {

/// "--fromat (did you mean '--format'?)" for what the innermost verb did not understand.
std::string suggestion(const CLI::App& app) {
  const CLI::App* verb = &app;
  while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
  std::vector<std::string> known;
  for (const CLI::Option* option : verb->get_options()) known.push_back(option->get_name());
  for (const CLI::App* other : verb->get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(other->get_name());
  for (const std::string& word : app.remaining(true)) {
    if (const std::string meant = did_you_mean(word, known); !meant.empty()) return word + meant + "\n";
  }
  return "";
}

}  // namespace

Option& Option::required(bool yes) {
  option_->required(yes);
  return *this;
}

Option& Option::value(const std::string& word) {
  option_->type_name(word);
  return *this;
}

Option& Option::two() {
  option_->expected(2);
  return *this;
}

Option& Option::repeatable() {
  option_->allow_extra_args(false);
  return *this;
}

Option& Option::shows_default() {
  option_->capture_default_str();
  return *this;
}

Option& Option::from(int least, int most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Option& Option::one_of(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words));
  return *this;
}

Option& Option::environment(const std::string& variable) {
  option_->envname(variable);
  return *this;
}

Command Command::verb(const std::string& name, const std::string& description) {
  return {app_->add_subcommand(name, description), chosen_};
}

void Command::footer(const std::string& text) { app_->footer(text); }

template <typename T>
Option Command::option(const std::string& names, T& value, const std::string& help) {
  return Option(app_->add_option(names, value, help));
}
template Option Command::option(const std::string&, std::string&, const std::string&);
template Option Command::option(const std::string&, std::vector<std::string>&, const std::string&);
template Option Command::option(const std::string&, int&, const std::string&);
template Option Command::option(const std::string&, std::uint64_t&, const std::string&);

void Command::flag(const std::string& names, bool& value, const std::string& help) {
  app_->add_flag(names, value, help);
}

void Command::does(Action action) {
  app_->callback([app = app_, chosen = chosen_, action = std::move(action)] {
    if (app->get_subcommands().empty()) *chosen = action;
  });
}

CommandLine::CommandLine(const std::string& description, const std::string& name, const std::string& version)
    : app_(std::make_unique<CLI::App>(description, name)) {
  app_->set_version_flag("--version", version);
  app_->require_subcommand(1);
  app_->get_formatter()->column_width(36);
}

CommandLine::~CommandLine() = default;

Command CommandLine::root() { return {app_.get(), &chosen_}; }

Action CommandLine::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const Exit code = app_->exit(e) == 0 ? Exit::kSame : Exit::kFailed;
    if (code == Exit::kFailed) std::cerr << suggestion(*app_);
    return [code] { return Result<Exit>(code); };
  }
  return chosen_;
}

}  // namespace nputwin::cli
