// nputwin diff: one model as two devices, and where they differ.

#include "comparison.h"
#include "report/diff_report.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  ComparisonArguments comparison;
  FormatArgument format;
};

Result<Exit> run(const Arguments& arguments) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, arguments.comparison.model.read());
  NPUTWIN_ASSIGN_OR_RETURN(const DiffResult result, compare(arguments.comparison, model));
  const std::string& format = arguments.format.format;
  fmt::print("{}", format == "json"  ? report::diff_json(result)
                   : format == "csv" ? report::diff_csv(result)
                                     : report::diff_text(result) + explain_command(arguments.comparison, result));
  if (interrupted()) return Exit::kFailed;
  return result.differs() ? Exit::kDiffers : Exit::kSame;
}

}  // namespace

void add_diff_command(Command root) {
  Command command = root.verb("diff", "Run a model as two devices and show, layer by layer, where they differ");
  command.footer(
      "alone: B's layer on A's inputs. end-to-end: each side on its own. LSB: steps of the output code.\n"
      "SQNR and cosine compare the real values end to end; '-' where nothing differs, 'undefined' where a "
      "side is all zeros.\n"
      "Exit code 1 where anything differs.\n\n" +
      captured_side_help());
  auto a = std::make_shared<Arguments>();
  a->comparison.add(command);
  a->format.add(command, {"text", "json", "csv"});
  command.does([a] { return run(*a); });
}

}  // namespace nputwin::cli
