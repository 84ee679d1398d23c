// nputwin profiles: whose arithmetic there is, how well it is known, and in what two of them differ.

#include "api/profiles.h"

#include "command/arguments.h"
#include "profile/profile_json.h"
#include "profile/variant.h"
#include "report/comparison_report.h"
#include "report/profile_report.h"

namespace nputwin::command {
namespace profiles {
namespace {

struct ListArguments {
  FormatArgument format;
  bool runtimes = false;
};

struct ShowArguments {
  std::string profile;
  FormatArgument format;
};

struct CompareArguments {
  std::string a, b;
  SamplingOptions sampling;
  FormatArgument format;
};

Result<Exit> list(const ListArguments& a, const Program& program) {
  if (a.runtimes) {
    const auto runtimes = measured_runtimes();
    a.format.print(
        program, [&] { return report::runtimes_text(runtimes); }, [&] { return report::runtimes_json(runtimes); });
    return Exit::kSame;
  }
  a.format.print(
      program,
      [&] { return program.as_called(report::profile_list_text(profile_groups(), aliases(), program.columns())); },
      [] { return report::profiles_json(builtin_profiles()); });
  return Exit::kSame;
}

Result<Exit> show(const ShowArguments& a, const Program& program) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, resolve_profile(a.profile));
  a.format.print(
      program, [&] { return report::profile_text(profile); }, [&] { return profile_to_json(profile); });
  return Exit::kSame;
}

Result<Exit> compare(const CompareArguments& a, const Program& program) {
  NPUTWIN_ASSIGN_OR_RETURN(const ProfileComparison result,
                           api::compare_profiles(a.a, a.b, a.sampling, program.progress("ops")));
  a.format.print(
      program, [&] { return report::comparison_text(result); }, [&] { return report::comparison_json(result); });
  return result.differs() ? Exit::kDiffers : Exit::kSame;
}

void add_list(Command command) {
  command.footer(confidence_help());
  auto a = std::make_shared<ListArguments>();
  command.flag("--runtimes", a->runtimes, "List the real runtimes that profiles were compared with instead");
  a->format.add(command, {"text", "json"});
  command.does([a](const Program& program) { return list(*a, program); });
}

void add_show(Command command) {
  auto a = std::make_shared<ShowArguments>();
  add_profile(command, "PROFILE", a->profile, "Which one").required();
  a->format.add(command, {"text", "json"});
  command.footer(profile_help());
  command.does([a](const Program& program) { return show(*a, program); });
}

void add_compare(Command command) {
  command.footer(
      "Samples are ops with random constants, scales that fill the output's range, and random inputs.\n"
      "Exit code 1 where any differ.\n\n" +
      profile_help());
  auto a = std::make_shared<CompareArguments>();
  add_profile(command, "A", a->a, "The first side").required();
  add_profile(command, "B", a->b, "The second side").required();
  command.option("--models", a->sampling.models, "How many random uses of each op")
      .value("N")
      .from(1, 100000)
      .shows_default();
  command.option("--seed", a->sampling.seed, "Another seed gives other uses").value("N").shows_default();
  a->format.add(command, {"text", "json"});
  command.does([a](const Program& program) { return compare(*a, program); });
}

}  // namespace
}  // namespace profiles

void add_profiles_command(Command root) {
  Command command = root.verb("profiles", "List the profiles and how well each is known; show one; compare two");
  profiles::add_list(command);
  profiles::add_list(command.verb("list", "The same as profiles alone: one line a profile, and boards by name"));
  profiles::add_show(
      command.verb("show", "One profile: how each rule is known and from where; as JSON, all its parameters"));
  profiles::add_compare(command.verb(
      "compare", "In what two profiles differ: their parameters, and by sampling how often each op's outputs"));
  command.verb("schema", "The JSON schema of a profile document").does([](const Program& program) {
    program.print(profile_schema());
    return Result<Exit>(Exit::kSame);
  });
}

}  // namespace nputwin::command
