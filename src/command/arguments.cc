#include "command/arguments.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/thread_pool.h"

namespace nputwin::command {
namespace {

/// By input, from NAME=2x224x224x3.
Result<std::map<std::string, Shape>> read_shapes(const std::vector<std::string>& shapes) {
  std::map<std::string, Shape> result;
  for (const std::string& text : shapes) {
    const auto equals = text.rfind('=');
    const std::string dimensions = equals == std::string::npos ? "" : text.substr(equals + 1);
    const auto numbers = read_numbers("--shape", dimensions, 'x', "2x224x224x3");
    const auto fits = [](std::int64_t dimension) { return dimension >= 1 && dimension <= INT32_MAX; };
    if (!numbers || numbers->empty() || !std::all_of(numbers->begin(), numbers->end(), fits))
      return error("--shape '{}': expected NAME=2x224x224x3", text);
    Shape& shape = result[text.substr(0, equals)];
    shape.clear();
    for (const std::int64_t dimension : *numbers) shape.push_back(static_cast<std::int32_t>(dimension));
  }
  return result;
}

Result<std::optional<SampleRange>> read_samples(const std::string& text) {
  if (text.empty()) return std::nullopt;
  NPUTWIN_ASSIGN_OR_RETURN(const auto numbers, read_numbers("--samples", text, ':', "0:100"));
  if (numbers.size() != 2 || numbers[0] < 0 || numbers[1] < 0)
    return error("--samples '{}': expected FIRST:LAST, as in 0:100", text);
  return SampleRange{static_cast<std::size_t>(numbers[0]), static_cast<std::size_t>(numbers[1])};
}

}  // namespace

Result<std::vector<std::int64_t>> read_numbers(const std::string& option, const std::string& text, char separator,
                                               const std::string& example) {
  std::vector<std::int64_t> numbers;
  const char* end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    std::int64_t value = 0;
    const auto [next, failed] = std::from_chars(at, end, value);
    if (failed != std::errc() || (next != end && *next != separator) || next + 1 == end)
      return error("{} '{}': expected numbers with '{}' between them, as in {}", option, text, separator, example);
    numbers.push_back(value);
    at = next + 1;
  }
  return numbers;
}

void add_model(Command command, ModelFile& model, bool required) {
  command.option("MODEL", model, "A quantized .tflite file").value("FILE").required(required);
}

Option add_inputs(Command command, std::vector<InputArgument>& inputs) {
  return command.option("--input,-i", inputs, "What the model runs on; repeat it for further inputs")
      .value("[NAME=]SOURCE")
      .required()
      .group(kInputGroup)
      .repeatable();
}

Option add_profile(Command command, const std::string& flags, std::string& text, const std::string& help) {
  Option option = command.option(flags, text, help);
  if (flags.starts_with('-')) option.group(kSidesGroup);
  return option.value("PROFILE");
}

std::vector<std::string> split_profiles(const std::vector<std::string>& texts) {
  std::vector<std::string> profiles;
  for (const std::string& text : texts) {
    profiles.emplace_back();
    int depth = 0;
    for (const char c : text) {
      depth += c == '{' || c == '(' ? 1 : c == '}' || c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        profiles.emplace_back();
      } else {
        profiles.back() += c;
      }
    }
  }
  return profiles;
}

void add_until(Command command, std::string& op) {
  command.option("--until", op, "The last op to run: its number, or the name of one of its outputs")
      .value("OP")
      .group(kInputGroup);
}

std::string part_help() {
  return "Ops that cannot run are left out, with those that read what they make; the rest runs, and stderr says what "
         "is missing. Exit code 2 then, unless --until OP asks for the part before them.\n";
}

Exit exit_of(bool differs, const NotRun& not_run) {
  if (differs) return Exit::kDiffers;
  return not_run.falls_short() ? Exit::kFailed : Exit::kSame;
}

void add_sides(Command command, std::string& a, std::string& b, const std::string& word, bool required) {
  const std::string what = word == "SIDE"
                               ? ": a profile such as vip-v8, your runtime (runtime:PYTHON), or tensors from "
                                 "a board (a file or folder). The end of this help says more"
                               : ": a profile such as vip-v8";
  command.option("--a", a, "The first side" + what).value(word).required(required).group(kSidesGroup);
  command.option("--b", b, "The second side, likewise").value(word).required(required).group(kSidesGroup);
}

std::string confidence_help() {
  return "How well a rule is known:\n"
         "  measured   equal to the real runtime\n"
         "  evidence   reproduces published numbers of the chip\n"
         "  source     read from the runtime's or driver's source\n"
         "  statement  somebody who should know said so\n"
         "  assumed    fits what is known, but nothing shows it\n"
         "  unknown    such ops are refused\n";
}

std::string profile_help() {
  std::vector<std::string_view> releases;
  releases.reserve(kVxReleases.size());
  for (const VxRelease& release : kVxReleases) releases.push_back(release.name);
  return "PROFILE names the arithmetic to compute:\n"
         "  vip-v8                 a name that `nputwin profiles` lists, or a board's: imx8mp-npu\n"
         "  'vip-v8{multiplier_bits=16,ties=half_up}'  a variant: that profile with other parameters\n"
         "  my-chip.json           a document of your own (`nputwin profiles schema`)\n" +
         fmt::format(
             "  'vx(vip-v8)+tflite-2.9.1-arm64'  a placement: the delegate's ops on the chip, the rest on the "
             "CPU. Releases of the delegate: {}\n",
             fmt::join(releases, ", "));
}

std::string side_help() {
  return "SIDE is a PROFILE or a recording.\n" + profile_help() +
         "Recordings:\n"
         "  runtime:.venv/bin/python  your own TensorFlow Lite or LiteRT; its Python runs the model\n" +
         capture_formats_text() +
         "  Add ,layout=nchw or ,layout=nhwc where the file does not show the order of its values.\n"
         "Two recordings of files need no --input. They show accumulated differences only.\n";
}

std::string source_help() { return input_source_help(); }

void PreparationArguments::add(Command command) {
  add_shapes(command);
  command
      .option("--on-cpu", on_cpu,
              "Ops that the profile's delegate must not claim: a type (CONV_2D), an index or an output's name; * and ? "
              "stand for any characters")
      .value("PATTERN")
      .group(kSidesGroup)
      .repeatable();
}

void PreparationArguments::add_shapes(Command command) {
  command
      .option("--shape", shapes, "The shape of the input NAME. Otherwise the file's, with 1 where it leaves one open")
      .value("NAME=2x224x224x3")
      .group(kInputGroup)
      .repeatable();
}

Result<SessionOptions> PreparationArguments::options() const {
  SessionOptions options;
  options.on_cpu = on_cpu;
  NPUTWIN_ASSIGN_OR_RETURN(options.input_shapes, read_shapes(shapes));
  return options;
}

void IsaArgument::add(Command command) {
  command
      .option("--isa", name, "Instruction set to use: auto, or one that `nputwin isas` lists; no result depends on it")
      .value("NAME")
      .group(kMachineGroup)
      .environment("NPUTWIN_ISA")
      .shows_default();
}

void MachineArguments::add(Command command) {
  preparation.add(command);
  command
      .option("--threads", threads, "Threads to use, by default the processors that there are. No result depends on it")
      .value("N")
      .group(kMachineGroup)
      .from(1, ThreadPool::kMost);
  isa.add(command);
}

Result<SessionOptions> MachineArguments::options() const {
  NPUTWIN_ASSIGN_OR_RETURN(SessionOptions options, preparation.options());
  NPUTWIN_ASSIGN_OR_RETURN(options.isa, isa.read());
  options.threads = threads > 0 ? threads : available_cores();
  return options;
}

void RuntimeModeArgument::add(Command command) {
  command
      .option("--mode", mode,
              "Which kernels a runtime uses: default, as Interpreter(model) picks them; builtin, without a delegate; "
              "ref, the reference kernels")
      .value("MODE")
      .group(kSidesGroup)
      .one_of({kEnumNames<RuntimeMode>.begin(), kEnumNames<RuntimeMode>.end()})
      .shows_default();
}

RuntimeMode RuntimeModeArgument::read() const { return find_named<RuntimeMode>(mode).value_or(RuntimeMode::kDefault); }

void FormatArgument::add(Command command, const std::vector<std::string>& formats) {
  const bool json = command.prefers_json() && std::ranges::find(formats, "json") != formats.end();
  format = json ? "json" : formats.front();
  command.option("--format", format, "How to print the result")
      .value("FORMAT")
      .group(kOutputGroup)
      .one_of(formats)
      .shows_default();
}

void FormatArgument::print(const Program& program, const std::function<std::string()>& text,
                           const std::function<std::string()>& json) const {
  program.print(format == "json" ? json() : text());
}

void ComparisonArguments::add(Command command, const std::string& word, bool required) {
  add_model(command, model, required);
  add_sides(command, a, b, word, required);
  add_inputs(command, inputs).required(false);
  add_until(command, until);
  command
      .option("--output-kind", output_kinds,
              "What an output is: classes, boxes (ymin, xmin, ymax, xmax), embedding, mask or values; without NAME all "
              "outputs. By default what the file's metadata and the op that makes it say")
      .value("[NAME=]KIND")
      .group(kOutputGroup)
      .repeatable();
  mode.add(command);
  machine.add(command);
}

void ComparisonArguments::add_samples(Command command) {
  command.option("--samples", samples, "Compare only these samples of the input; LAST is excluded")
      .value("FIRST:LAST")
      .group(kInputGroup);
}

Result<api::DiffOptions> ComparisonArguments::options() const {
  NPUTWIN_ASSIGN_OR_RETURN(const SessionOptions session, machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(const auto range, read_samples(samples));
  return api::DiffOptions{model, a, b, inputs, {session, mode.read()}, range, true, until, output_kinds};
}

}  // namespace nputwin::command
