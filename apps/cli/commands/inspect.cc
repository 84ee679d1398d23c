// nputwin inspect: what is in a model, what of it a profile covers, and how surely.

#include "cli.h"
#include "report/inspect_report.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  ModelArgument model;
  FormatArgument format;
  PreparationArguments preparation;
  ProfileArgument profile;
  IsaArgument isa;
  bool kernels = false;
};

Result<Exit> run(const Arguments& a) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, a.profile.read());
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, a.model.read());
  NPUTWIN_ASSIGN_OR_RETURN(SessionOptions options, a.preparation.options());
  NPUTWIN_ASSIGN_OR_RETURN(options.isa, a.isa.read());
  NPUTWIN_ASSIGN_OR_RETURN(const auto coverage, Session::coverage(*model, profile, options));
  fmt::print("{}", a.format.format == "json" ? report::inspect_json(*model, profile.name, coverage, a.kernels)
                                             : report::inspect_text(*model, profile.name, coverage, a.kernels));
  return Exit::kSame;
}

}  // namespace

void add_inspect_command(Command root) {
  Command command = root.verb(
      "inspect", "Show a model's ops, tensors and quantization, by whose rules a profile computes each and how surely");
  command.footer(
      "measured: equal to the real runtime. evidence: published numbers of the chip. source: read from the "
      "runtime's "
      "or driver's source.\nstatement: someone who should know said so. assumed: fits what is known, not "
      "shown by it.");
  auto a = std::make_shared<Arguments>();
  a->model.add(command);
  a->profile.text = builtin_profiles().front().name;
  a->profile.add(command, "--profile,-p", "The profile that is to run it").shows_default();
  a->preparation.add(command);
  command.flag(
      "--kernels", a->kernels,
      "Show for each op which form of its kernel runs, on which instruction set, and why better ones refused it");
  a->isa.add(command);
  a->format.add(command, {"text", "json"});
  command.does([a] { return run(*a); });
}

}  // namespace nputwin::cli
