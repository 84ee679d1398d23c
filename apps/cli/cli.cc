#include "cli.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "session/shapes.h"

namespace nputwin::cli {
namespace {

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string repeated(const char* option, const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += fmt::format(" {} {}", option, quoted(value));
  return text;
}

/// By input, from NAME=2x224x224x3.
Result<std::map<std::string, Shape>> read_shapes(const std::vector<std::string>& shapes) {
  std::map<std::string, Shape> result;
  for (const std::string& text : shapes) {
    const auto equals = text.rfind('=');
    Shape shape;
    std::string_view rest =
        equals == std::string::npos ? std::string_view() : std::string_view(text).substr(equals + 1);
    while (!rest.empty()) {
      const std::string_view digits = rest.substr(0, rest.find('x'));
      std::int32_t dimension = 0;
      const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), dimension);
      if (failure != std::errc{} || end != digits.data() + digits.size() || dimension < 1) {
        shape.clear();
        break;
      }
      shape.push_back(dimension);
      rest.remove_prefix(std::min(rest.size(), digits.size() + 1));
    }
    if (shape.empty()) return error("--shape '{}': expected NAME=2x224x224x3", text);
    result[text.substr(0, equals)] = shape;
  }
  return result;
}

volatile std::sig_atomic_t interrupt_seen = 0;  // a signal handler reaches nothing else

}  // namespace

std::string quoted(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_-+=:,./@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return text;
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

Status make_folder(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return error("{}: {}", path, failed.message());
  return {};
}

Option ProfileArgument::add(Command command, const std::string& flags, const std::string& whose) {
  return command.option(flags, text,
                        whose +
                            ": a name that `nputwin profiles` lists, a variant such as "
                            "'vip-v8{multiplier_bits=16,ties=half_up}', a file.json of your own "
                            "(`nputwin profiles schema`), or a placement such as "
                            "'vx(vip-v8)+tflite-2.9.1-arm64'");
}

Option InputArgument::add(Command command) {
  return command.option("--input,-i", sources, kInputSourceHelp).required().repeatable();
}

std::string InputArgument::text() const { return repeated("--input", sources); }

void PreparationArguments::add(Command command) {
  command
      .option("--shape", shapes,
              "NAME=2x224x224x3: the shape of the input of that name, instead of the file's; dimensions "
              "that the file "
              "leaves open count as 1 otherwise. Repeat it for further inputs")
      .repeatable();
  command
      .option("--on-cpu", on_cpu,
              "PATTERN: the delegate leaves ops of that type (CONV_2D), index or output tensor; * and ? "
              "stand for "
              "any characters. Repeat it for further ones")
      .repeatable();
}

Result<SessionOptions> PreparationArguments::options() const {
  SessionOptions options;
  options.on_cpu = on_cpu;
  NPUTWIN_ASSIGN_OR_RETURN(options.input_shapes, read_shapes(shapes));
  return options;
}

std::string PreparationArguments::text() const { return repeated("--shape", shapes) + on_cpu_text(); }
std::string PreparationArguments::on_cpu_text() const { return repeated("--on-cpu", on_cpu); }

void IsaArgument::add(Command command) {
  command
      .option("--isa", name,
              "Instruction set to use: auto, scalar or one that this processor has; the result never "
              "depends on it")
      .environment("NPUTWIN_ISA")
      .shows_default();
}

void MachineArguments::add(Command command) {
  preparation.add(command);
  command.option("--threads", threads, "Threads to use; the result never depends on it").from(1, 1024).shows_default();
  isa.add(command);
}

Result<SessionOptions> MachineArguments::options() const {
  NPUTWIN_ASSIGN_OR_RETURN(SessionOptions options, preparation.options());
  NPUTWIN_ASSIGN_OR_RETURN(options.isa, isa.read());
  options.threads = threads;
  return options;
}

void RuntimeModeArgument::add(Command command) {
  command
      .option("--mode", mode,
              "Which of the runtime's kernels: default as Interpreter(model) has them, builtin without a "
              "delegate, ref")
      .one_of({"default", "builtin", "ref"})
      .shows_default();
}

RuntimeMode RuntimeModeArgument::read() const {
  return mode == "builtin" ? RuntimeMode::kBuiltin : mode == "ref" ? RuntimeMode::kReference : RuntimeMode::kDefault;
}

std::string RuntimeModeArgument::text() const { return mode == RuntimeModeArgument().mode ? "" : " --mode " + mode; }

void FormatArgument::add(Command command, const std::vector<std::string>& formats) {
  format = formats.front();
  command.option("--format", format, "How to print the result").one_of(formats).shows_default();
}

SessionOptions options_of(const Profile& side, const Profile& other, SessionOptions options) {
  if (side.delegate == Delegate::kNone && other.delegate != Delegate::kNone) options.on_cpu.clear();
  return options;
}

Result<Sides> prepare_sides(const std::shared_ptr<const Model>& model, const ProfileArgument& a,
                            const ProfileArgument& b, const MachineArguments& machine) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile_a, a.read());
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile_b, b.read());
  NPUTWIN_ASSIGN_OR_RETURN(const SessionOptions options, machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(Session first,
                           Session::prepare(model, profile_a, options_of(profile_a, profile_b, options)));
  NPUTWIN_ASSIGN_OR_RETURN(Session second,
                           Session::prepare(model, profile_b, options_of(profile_b, profile_a, options)));
  return Sides{std::move(first), std::move(second)};
}

Result<InputSet> make_session_inputs(const Session& session, const std::vector<std::string>& sources) {
  return make_inputs(inputs_of(session.graph(), session.preparation().specs()), sources);
}

Result<Sample> make_session_input(const Session& session, const std::vector<std::string>& sources) {
  return make_input(inputs_of(session.graph(), session.preparation().specs()), sources);
}

Result<Sample> make_input(std::span<const TensorSpec> specs, const std::vector<std::string>& sources) {
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, make_inputs(specs, sources));
  if (inputs.size() != 1)
    return error("the input holds {} samples, and this takes one; diff takes many", inputs.size());
  return inputs.sample(0);
}

bool interrupted() { return interrupt_seen != 0; }

void listen_for_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupt_seen = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
}

Result<std::size_t> find_layer(const Graph& graph, const std::string& layer) {
  std::size_t index = 0;
  const auto [end, failed] = std::from_chars(layer.data(), layer.data() + layer.size(), index);
  if (failed == std::errc() && end == layer.data() + layer.size()) {
    if (index < graph.nodes.size()) return index;
    return error("there is no op {}: the model has ops 0 to {}", layer, graph.nodes.size() - 1);
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const int t : graph.nodes[i].outputs) {
      if (t >= 0 && graph.tensors[static_cast<std::size_t>(t)].spec.name == layer) return i;
    }
  }
  return error("no op's output is called '{}'; `nputwin inspect` lists the names", layer);
}

Progress::Progress(std::string what)
    : what_(std::move(what)), start_ns_(now_ns()), terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void Progress::at(std::size_t done, std::size_t all) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  if (!terminal_) return;
  const std::int64_t now = now_ns();
  if (now - start_ns_ < kSecond || now - last_ns_ < kSecond / 10) return;
  fmt::print(stderr, "\r{}: {} of {} ops\x1b[K", what_, done, all);
  std::fflush(stderr);
  last_ns_ = now, shown_ = true;
}

}  // namespace nputwin::cli
