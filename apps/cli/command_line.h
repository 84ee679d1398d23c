#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace nputwin::cli {

// What the verbs need of a command line. CLI11 does the work, seen by command_line.cc alone: its classes are compiled
// anew into every source that includes it.

/// As cmp's: the same or done, differs, could not, or not all.
enum class Exit : int { kSame = 0, kDiffers = 1, kFailed = 2 };

/// What a verb does once its arguments are read.
using Action = std::function<Result<Exit>()>;

/// One option or positional argument, to be said more of.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}
  Option& required(bool yes = true);
  Option& value(const std::string& word);  ///< what --help calls its value
  Option& two();                           ///< values, one behind the other
  Option& repeatable();  ///< for lists: --x A --x B; "--x A B" gives B to the next positional argument
  Option& shows_default();
  Option& from(int least, int most);
  Option& one_of(const std::vector<std::string>& words);
  Option& environment(const std::string& variable);  ///< where it stands if it is not given

 private:
  CLI::Option* option_;
};

/// A verb of the program, or a verb of a verb. Copies are the same verb.
class Command {
 public:
  Command(CLI::App* app, Action* chosen) : app_(app), chosen_(chosen) {}
  Command verb(const std::string& name, const std::string& description);
  void footer(const std::string& text);
  /// `names`: "--output,-o", or "MODEL" for what stands without a name. Instantiated for std::string, std::vector of
  /// it, int, and the unsigned 64 bits of std::size_t.
  template <typename T>
  Option option(const std::string& names, T& value, const std::string& help);
  void flag(const std::string& names, bool& value, const std::string& help);
  /// The verb's action, unless one of its own verbs is given.
  void does(Action action);

 private:
  CLI::App* app_;
  Action* chosen_;
};

/// The program's command line.
class CommandLine {
 public:
  CommandLine(const std::string& description, const std::string& name, const std::string& version);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  /// Where verbs are added.
  [[nodiscard]] Command root();
  /// The given verb's action; for --help, --version and what could not be understood, one that has nothing left to do
  /// but to return the exit code, the text being printed.
  [[nodiscard]] Action parse(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
  Action chosen_;
};

}  // namespace nputwin::cli
