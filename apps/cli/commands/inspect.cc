// nputwin inspect: what is in a model, and what of it is not supported.

#include "cli.h"
#include "report/inspect_report.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  ModelArgument model;
  FormatArgument format;
  std::string profile;
};

Result<Exit> run(const Arguments& a) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, find_profile(a.profile));
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, a.model.read());
  const auto unsupported = Session::unsupported_ops(*model, profile);
  fmt::print("{}", a.format.format == "json" ? report::inspect_json(*model, unsupported)
                                             : report::inspect_text(*model, unsupported));
  return Exit::kSame;
}

}  // namespace

void add_inspect_command(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "inspect", "Show a model's ops, tensors and quantization, and what is not supported and why");
  auto a = std::make_shared<Arguments>();
  a->model.add(*command);
  a->profile = builtin_profiles().front().name;
  command->add_option("--profile,-p", a->profile, "The profile that is to run it")->capture_default_str();
  a->format.add(*command, {"text", "json"});
  command->callback([a, &action] { action = [a] { return run(*a); }; });
}

}  // namespace nputwin::cli
