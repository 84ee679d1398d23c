#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/diff.h"
#include "base/result.h"
#include "command/command_line.h"

namespace nputwin::command {

/// Adds a verb to the program.
using AddCommand = void (*)(Command root);

// Options that several verbs share. Each adds itself to a verb's command line, and gives what the library takes.

void add_model(Command command, ModelFile& model, bool required = true);
Option add_inputs(Command command, std::vector<InputArgument>& inputs);
Option add_profile(Command command, const std::string& flags, std::string& text, const std::string& help);

/// The profiles that texts name with commas between them; a comma inside the braces of a variant is its own.
[[nodiscard]] std::vector<std::string> split_profiles(const std::vector<std::string>& texts);

/// --until, the last op that runs.
void add_until(Command command, std::string& op);

/// --a and --b. `word` is SIDE or PROFILE.
void add_sides(Command command, std::string& a, std::string& b, const std::string& word, bool required = true);

/// What a value word means, for the end of a verb's help.
[[nodiscard]] std::string confidence_help();
[[nodiscard]] std::string profile_help();
[[nodiscard]] std::string side_help();
[[nodiscard]] std::string source_help();

/// --shape and --on-cpu: how a model is made ready, whatever machine it then runs on.
struct PreparationArguments {
  std::vector<std::string> shapes, on_cpu;
  void add(Command command);
  /// --shape alone.
  void add_shapes(Command command);
  [[nodiscard]] Result<SessionOptions> options() const;
};

/// --isa, which gives the same bytes whatever it is.
struct IsaArgument {
  std::string name = "auto";
  void add(Command command);
  [[nodiscard]] Result<Isa> read() const { return find_isa(name); }
};

/// Those, --threads and --isa.
struct MachineArguments {
  PreparationArguments preparation;
  int threads = 0;  ///< 0: the processors that there are
  IsaArgument isa;
  void add(Command command);
  [[nodiscard]] Result<SessionOptions> options() const;
};

/// --mode, which of a runtime's kernels.
struct RuntimeModeArgument {
  std::string mode;
  RuntimeModeArgument() : mode(name(RuntimeMode::kDefault)) {}
  void add(Command command);
  [[nodiscard]] RuntimeMode read() const;
};

/// --format, one of `formats`, the first by default.
struct FormatArgument {
  std::string format;
  void add(Command command, const std::vector<std::string>& formats);
  /// Prints the result as text or as JSON.
  void print(const Program& program, const std::function<std::string()>& text,
             const std::function<std::string()>& json) const;
};

/// What --help says of a model that does not run whole.
[[nodiscard]] std::string part_help();
/// Of a comparison of what runs of a model: nothing that differs is no proof where ops were not run.
[[nodiscard]] Exit exit_of(bool differs, const NotRun& not_run);

/// Two sides of one model and what they are compared on.
struct ComparisonArguments {
  ModelFile model;
  std::string a, b, samples, until;
  std::vector<InputArgument> inputs;
  std::vector<std::string> output_kinds;
  MachineArguments machine;
  RuntimeModeArgument mode;

  /// Not `required`: the verb may do without the model and the sides.
  void add(Command command, const std::string& word, bool required = true);
  /// --samples, for verbs that can compare a part of them.
  void add_samples(Command command);
  [[nodiscard]] Result<api::DiffOptions> options() const;
};

/// Numbers with `separator` between them: 0,3,4,7. The error names the option.
[[nodiscard]] Result<std::vector<std::int64_t>> read_numbers(const std::string& option, const std::string& text,
                                                             char separator, const std::string& example);

}  // namespace nputwin::command
