// nputwin profiles: whose arithmetic there is, and how surely it is known.

#include "cli.h"
#include "report/profile_report.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  std::string name;
  FormatArgument format;
};

Result<Exit> run(const Arguments& a) {
  std::vector<Profile> profiles(builtin_profiles().begin(), builtin_profiles().end());
  if (!a.name.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(Profile profile, find_profile(a.name));
    profiles = {std::move(profile)};
  }
  fmt::print("{}", a.format.format == "json" ? report::profiles_json(profiles)
                                             : report::profiles_text(profiles, !a.name.empty()));
  return Exit::kSame;
}

}  // namespace

void add_profiles_command(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "profiles", "List the profiles with the confidence per op family, or one with its evidence");
  command->footer(
      "Confidence: measured (equal to the real runtime), evidence (published numbers of the silicon, "
      "reproduced), source\n"
      "(read from code), statement (said by someone who should know), assumed (fits the evidence, not shown "
      "by it).");
  auto a = std::make_shared<Arguments>();
  command->add_option("NAME", a->name, "One profile, with the source of each rule");
  a->format.add(*command, {"text", "json"});
  command->callback([a, &action] { action = [a] { return run(*a); }; });
}

}  // namespace nputwin::cli
