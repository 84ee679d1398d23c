// nputwin run: one model, one profile, one sample or many.

#include "api/run.h"

#include <unistd.h>

#include "base/file.h"
#include "base/text_lines.h"
#include "command/arguments.h"
#include "io/json.h"
#include "report/layer_times_report.h"
#include "report/values.h"

namespace nputwin::command {
namespace run {
namespace {

struct Arguments {
  ModelFile model;
  std::string profile, output, hashes, labels, until;
  std::vector<InputArgument> inputs;
  MachineArguments machine;
  FormatArgument format;
  bool all = false, layer_times = false;
  int top = 5, timed_runs = 0;
};

Result<std::vector<std::string>> read_labels(const std::string& path) {
  if (path.empty()) return std::vector<std::string>();
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path));
  return text_lines(file->bytes());
}

Result<Exit> run(const Arguments& a, const Program& program) {
  api::RunOptions options{a.model, a.profile, a.inputs,      {},          a.all && !a.output.empty(), !a.hashes.empty(),
                          a.until, a.output,  a.layer_times, a.timed_runs};
  NPUTWIN_ASSIGN_OR_RETURN(options.session, a.machine.options());
  const bool stdout_is_output = is_stdout(a.output), stdout_is_hashes = is_stdout(a.hashes);
  if (stdout_is_output && stdout_is_hashes) return error("--output and --hashes both name stdout, which takes one");
  if (a.layer_times && (stdout_is_output || stdout_is_hashes))
    return error("--profile-layers prints its table: expected a file for --output and --hashes");
  if (stdout_is_output && ::isatty(STDOUT_FILENO) == 1)
    return error("--output: stdout is a terminal, and an .npz is not for people; send it to a file or a pipe");
  if (a.timed_runs > 0 && !a.layer_times) return error("--timed-runs: expected --profile-layers with it");
  NPUTWIN_ASSIGN_OR_RETURN(const auto labels, read_labels(a.labels));
  NPUTWIN_ASSIGN_OR_RETURN(const api::RunResult result, api::run(options, program.progress("ops")));
  if (!a.hashes.empty())
    NPUTWIN_RETURN_IF_ERROR(write_file_whole(a.hashes, to_text(report::hashes_json(result.hashes))));
  const Exit exit = result.not_run.falls_short() ? Exit::kFailed : Exit::kSame;
  if (stdout_is_output || stdout_is_hashes) return exit;  // stdout has one thing
  if (result.layer_times) {
    a.format.print(
        program, [&] { return report::layer_times_text(*result.layer_times, program.columns()); },
        [&] { return report::layer_times_json(a.model.path, result.profile, *result.layer_times, result.not_run); });
    return exit;
  }
  std::vector<report::Outputs> samples;
  samples.reserve(result.samples);
  for (std::size_t n = 0; n < result.samples; ++n) samples.push_back(result.outputs_of(n));
  a.format.print(
      program, [&] { return report::values_text(samples, labels, a.top); },
      [&] { return to_text(report::values_json(a.model.path, result.profile, samples, result.not_run)); });
  return exit;
}

std::string times_help() {
  return "--profile-layers, after the run that gives the outputs, runs each sample again and times every op. Per op it "
         "prints the median of its milliseconds, its share of the run, for multiply-accumulate layers 10^9 products a "
         "second (GMAC/s), and which form of the kernel ran on which instruction set; then the same per type of op. "
         "`nputwin inspect --kernels` says why better forms refused. --output and --hashes are written as without it; "
         "a run that is not asked for times reads no clock.\n";
}

}  // namespace
}  // namespace run

void add_run_command(Command root) {
  Command command = root.verb("run", "Run a model with one profile's arithmetic and print its outputs");
  command.footer(part_help() + "\n" + run::times_help() + "\n" + profile_help() + "\n" + source_help());
  auto a = std::make_shared<run::Arguments>();
  add_model(command, a->model);
  add_profile(command, "--profile,-p", a->profile, "Whose arithmetic to use").required();
  add_inputs(command, a->inputs);
  add_until(command, a->until);
  command
      .option("--output,-o", a->output,
              "Write the outputs to this .npz, by tensor name, or a single one to this .npy; samples are stacked along "
              "the first dimension. - is stdout, which then has nothing else")
      .value("FILE")
      .group(kOutputGroup);
  command.flag("--all", a->all, "With --output: write every op's output").group(kOutputGroup);
  command
      .option(
          "--hashes", a->hashes,
          "Write {\"tensor index\": \"first 16 hex digits of its sha256\"} of every op's output to this file, or to "
          "stdout (-); of several samples a list")
      .value("FILE")
      .group(kOutputGroup);
  command.option("--labels", a->labels, "A text file with one class name a line").value("FILE").group(kOutputGroup);
  command.option("--top", a->top, "How many of an output's largest values to print")
      .value("N")
      .group(kOutputGroup)
      .from(1, 1000)
      .shows_default();
  command
      .flag("--profile-layers", a->layer_times,
            "Print where time goes in place of the outputs: each op's kernel, milliseconds and share")
      .group(kOutputGroup);
  command
      .option(
          "--timed-runs", a->timed_runs,
          "With --profile-layers: how often each sample runs for it. Otherwise for a second in all, at least 5 times")
      .value("N")
      .group(kOutputGroup)
      .from(1, 1'000'000);
  a->format.add(command, {"text", "json"});
  a->machine.add(command);
  command.does([a](const Program& program) { return run::run(*a, program); });
}

}  // namespace nputwin::command
