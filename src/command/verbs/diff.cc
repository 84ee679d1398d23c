// nputwin diff: one model on two sides, and where they differ.

#include "api/partial.h"
#include "base/file.h"
#include "base/plural.h"
#include "command/embeddings_arguments.h"
#include "command/gate_arguments.h"
#include "command/print_diff.h"

namespace nputwin::command {
namespace diff {
namespace {

struct Arguments {
  ComparisonArguments comparison;
  GateArguments gate;
  FormatArgument format;
  std::string partial;
  bool bound = false;
  EmbeddingsArguments embeddings;
};

/// What the command line cannot require, since --embeddings does without it.
Status check_given(const ComparisonArguments& a) {
  for (const auto& [option, value] : {std::pair("MODEL", &a.model.path), {"--a", &a.a}, {"--b", &a.b}}) {
    if (value->empty()) return error("{} is required", option);
  }
  return {};
}

/// What says something of one of the two comparisons alone.
Status check_embeddings(const Arguments& a) {
  const ComparisonArguments& c = a.comparison;
  const bool of_model = !c.model.path.empty() || !c.a.empty() || !c.b.empty() || !c.inputs.empty() ||
                        !c.output_kinds.empty() || !c.samples.empty() || !c.until.empty() || !a.partial.empty() ||
                        a.gate.given() || a.bound;
  if (a.embeddings.given() && of_model)
    return error(
        "--embeddings compares two files of vectors; expected it without MODEL, sides, inputs, outputs and gates");
  if (!a.embeddings.given() && a.embeddings.is_detailed())
    return error("--labels, --threshold and --zero-point say something of --embeddings; expected them with it");
  return {};
}

Status write_partial(const std::string& path, const api::DiffOptions& options, const api::Reported& reported) {
  const api::Diffed diffed{reported.report.model, reported.report.result, reported.samples, reported.all,
                           reported.stopped};
  NPUTWIN_ASSIGN_OR_RETURN(const api::Partial partial, api::make_partial(options, diffed));
  return api::write_partial(path, partial);
}

Result<Exit> run(const Arguments& a, const Program& program) {
  NPUTWIN_RETURN_IF_ERROR(check_embeddings(a));
  if (a.embeddings.given()) return a.embeddings.run(a.format, program);
  NPUTWIN_RETURN_IF_ERROR(check_given(a.comparison));
  api::ReportOptions options;
  options.verb = "diff";
  options.printed = a.format.format;
  a.gate.put_into(options);
  NPUTWIN_ASSIGN_OR_RETURN(options.diff, a.comparison.options());
  options.diff.program = program.command;
  options.diff.bound = a.bound;
  NPUTWIN_ASSIGN_OR_RETURN(const api::Reported reported, api::report(options, program.interaction("ops")));
  const report::Report& report = reported.report;
  if (reported.stopped)
    program.tell(fmt::format("interrupted: the result is of {}\n", counted(report.result.samples, "sample")));
  if (!a.partial.empty()) NPUTWIN_RETURN_IF_ERROR(write_partial(a.partial, options.diff, reported));
  const bool stdout_is_taken = is_stdout(a.partial) || a.gate.writes_to_stdout();
  if (!stdout_is_taken) print_diff(program, a.format, report.result, report, report.explain);
  if (reported.stopped) return Exit::kFailed;
  return a.gate.finish(report, stdout_is_taken || a.format.format != "text", program);
}

}  // namespace
}  // namespace diff

void add_diff_command(Command root) {
  Command command = root.verb("diff", "Run a model on two sides and show, layer by layer, where they differ");
  command.footer(
      "isolated: one op by itself; B's op runs on A's inputs. accumulated: each side runs on its own, so differences "
      "of earlier layers are in it.\n"
      "LSB: steps of the quantized value. SQNR and cosine compare the accumulated real values; '-' means that nothing "
      "differs, 'undefined' that a side is all zeros.\n"
      "Exit code 1 where anything differs; with --fail-if or --baseline, only where that fails.\n\n" +
      condition_help() + part_help() + "\n" + side_help() + "\n" + source_help());
  auto a = std::make_shared<diff::Arguments>();
  a->comparison.add(command, "SIDE", /*required=*/false);
  a->comparison.add_samples(command);
  a->gate.add(command, false);
  command
      .option("--partial", a->partial,
              "Also write the exact result to this file. `nputwin merge` adds up the files of all parts. - is stdout, "
              "which then has nothing else")
      .value("FILE")
      .group(kOutputGroup);
  command
      .flag("--bound", a->bound,
            "Also say what the largest differences cannot exceed, of each layer and each output: proven, where an "
            "input of the model or a layer is named")
      .group(kOutputGroup);
  a->embeddings.add(command);
  a->format.add(command, {"text", "json", "csv"});
  command.does([a](const Program& program) { return diff::run(*a, program); });
}

}  // namespace nputwin::command
