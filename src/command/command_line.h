#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "command/definition.h"
#include "command/program.h"
#include "io/tflite/reader.h"
#include "sides/input_source.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace nputwin::command {

// What the verbs need of a command line. CLI11 does the work, seen by command_line.cc alone: its classes are compiled
// anew into every source that includes it.

/// As cmp's: the same or done, differs, could not, or not all.
enum class Exit : int { kSame = 0, kDiffers = 1, kFailed = 2 };

/// What a verb does once its arguments are read.
using Action = std::function<Result<Exit>(const Program&)>;

/// One option or positional argument, to be said more of.
class Option {
 public:
  Option(CLI::Option* option, OptionDefinition* definition) : option_(option), definition_(definition) {}
  Option& required(bool yes = true);
  Option& value(const std::string& word);   ///< what --help calls its value; FILE, FOLDER, PROFILE, SIDE are completed
  Option& group(const std::string& title);  ///< the heading that --help has it under, one of kGroups
  Option& two();                            ///< values, one behind the other
  Option& repeatable();  ///< for lists: --x A --x B; "--x A B" gives B to the next positional argument
  Option& shows_default();
  Option& from(int least, int most);
  Option& one_of(const std::vector<std::string>& words);
  Option& environment(const std::string& variable);  ///< where it stands if it is not given

 private:
  CLI::Option* option_;
  OptionDefinition* definition_;
};

/// What a caller of the library has in memory, by the word that stands for it, which begins with
/// InputArgument::kMemory.
struct Memory {
  std::map<std::string, ModelFile> models;
  std::map<std::string, std::shared_ptr<const Array>> arrays;

  [[nodiscard]] ModelFile model(const std::string& word) const;
  /// The array may have a NAME= in front of it and options behind it.
  [[nodiscard]] InputArgument input(const std::string& word) const;
};

/// What all verbs of a command line share.
struct Parsed {
  Memory memory;
  Action action;  ///< of the given verb
  Program program;
};

/// A verb of the program, or a verb of a verb. Copies are the same verb.
class Command {
 public:
  Command(CLI::App* app, VerbDefinition* definition, Parsed* parsed)
      : app_(app), definition_(definition), parsed_(parsed) {}
  Command verb(const std::string& name, const std::string& description);
  /// Text behind the options; help_blocks says how it is read.
  void footer(const std::string& text);
  void hide();  ///< from --help, man pages and completions
  /// `names`: "--output,-o", or "MODEL" for what stands without a name. Instantiated for std::string, std::vector of
  /// it, int, and the unsigned 64 bits of std::size_t.
  template <typename T>
  Option option(const std::string& names, T& value, const std::string& help);
  // What may be in memory.
  Option option(const std::string& names, ModelFile& model, const std::string& help);
  Option option(const std::string& names, std::vector<ModelFile>& models, const std::string& help);
  Option option(const std::string& names, std::vector<InputArgument>& inputs, const std::string& help);
  Option flag(const std::string& names, bool& value, const std::string& help);
  /// The verb's action, unless one of its own verbs is given.
  void does(Action action);
  [[nodiscard]] const VerbDefinition& definition() const { return *definition_; }
  [[nodiscard]] bool prefers_json() const { return parsed_->program.host->prefers_json(); }

 private:
  friend class CommandLine;
  Option define(CLI::Option* option, const std::string& names, const std::string& help);
  /// -h, -v and -q, which every verb has.
  void add_general();

  CLI::App* app_;
  VerbDefinition* definition_;
  Parsed* parsed_;
};

/// The program's command line.
class CommandLine {
 public:
  CommandLine(const std::string& description, const std::string& name, const std::string& version, Host& host,
              Memory memory = {});
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  /// Where verbs are added.
  [[nodiscard]] Command root();
  /// The given verb's action; for --help, --version and what could not be understood, one that has nothing left to do
  /// but to return the exit code, the text being printed. `help VERB` and `version` are words for these. `words`: first
  /// how the program was called.
  [[nodiscard]] Action parse(std::vector<std::string> words);
  /// How it was called, once it is parsed.
  [[nodiscard]] const Program& program() const { return parsed_.program; }

 private:
  std::unique_ptr<CLI::App> app_;
  VerbDefinition definition_;
  std::string version_;
  Parsed parsed_;
};

}  // namespace nputwin::command
