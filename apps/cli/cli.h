#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "command_line.h"
#include "io/tflite/reader.h"
#include "profile/variant.h"
#include "session/session.h"
#include "sides/input_source.h"
#include "sides/runtime_capture.h"

namespace nputwin::cli {

/// `text` as a shell reads it back: in single quotes where it must be.
[[nodiscard]] std::string quoted(const std::string& text);

/// A folder to write to; it and those above it are made where they are not there.
[[nodiscard]] Status make_folder(const std::string& path);

/// Adds a verb to the program.
using AddCommand = void (*)(Command root);

// Arguments that several verbs share.

struct ModelArgument {
  std::string path;
  void add(Command command) { command.option("MODEL", path, "A quantized .tflite file").required(); }
  [[nodiscard]] Result<std::shared_ptr<const Model>> read() const { return read_tflite(path); }
};

/// A profile by name, variant or file.
struct ProfileArgument {
  std::string text;
  Option add(Command command, const std::string& flags, const std::string& whose);
  [[nodiscard]] Result<Profile> read() const { return resolve_profile(text); }
};

struct InputArgument {
  std::vector<std::string> sources;
  Option add(Command command);
  /// As given on the command line: " --input …".
  [[nodiscard]] std::string text() const;
};

/// How a model is made ready, whatever machine it then runs on.
struct PreparationArguments {
  std::vector<std::string> shapes;  ///< --shape, for models whose file leaves dimensions open
  std::vector<std::string> on_cpu;  ///< --on-cpu, for profiles with a delegate
  void add(Command command);
  [[nodiscard]] Result<SessionOptions> options() const;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string on_cpu_text() const;
};

/// --isa, which gives the same bytes whatever it is.
struct IsaArgument {
  std::string name = "auto";
  void add(Command command);
  [[nodiscard]] Result<Isa> read() const { return find_isa(name); }
};

struct MachineArguments {
  PreparationArguments preparation;
  int threads = 1;
  IsaArgument isa;
  void add(Command command);
  [[nodiscard]] Result<SessionOptions> options() const;
};

/// --mode, which of a runtime's kernels.
struct RuntimeModeArgument {
  std::string mode = "default";
  void add(Command command);
  [[nodiscard]] RuntimeMode read() const;
  [[nodiscard]] std::string text() const;
};

/// --format, one of `formats`, the first by default.
struct FormatArgument {
  std::string format;
  void add(Command command, const std::vector<std::string>& formats);
};

/// For one of two sides: --on-cpu is for the side that has a delegate; where neither has, both keep it and say so.
[[nodiscard]] SessionOptions options_of(const Profile& side, const Profile& other, SessionOptions options);

/// One model as two profiles.
struct Sides {
  Session a, b;
};
[[nodiscard]] Result<Sides> prepare_sides(const std::shared_ptr<const Model>& model, const ProfileArgument& a,
                                          const ProfileArgument& b, const MachineArguments& machine);

/// What the sources give for the session's inputs, sample by sample.
[[nodiscard]] Result<InputSet> make_session_inputs(const Session& session, const std::vector<std::string>& sources);
/// The same for a verb that takes one sample.
[[nodiscard]] Result<Sample> make_input(std::span<const TensorSpec> inputs, const std::vector<std::string>& sources);
[[nodiscard]] Result<Sample> make_session_input(const Session& session, const std::vector<std::string>& sources);

/// From then on the first Ctrl-C is asked for with interrupted(), so that long work can end after the step at hand and
/// say how far it came. The second one stops the program at once.
void listen_for_interrupts();
[[nodiscard]] bool interrupted();

/// The op that --layer names: its index, or the name of one of its outputs.
[[nodiscard]] Result<std::size_t> find_layer(const Graph& graph, const std::string& layer);

/// A line on stderr that counts steps; silent unless stderr is a terminal and a second has passed.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void at(std::size_t done, std::size_t all);

 private:
  std::string what_;
  std::int64_t start_ns_, last_ns_ = 0;
  bool terminal_, shown_ = false;
};

}  // namespace nputwin::cli
