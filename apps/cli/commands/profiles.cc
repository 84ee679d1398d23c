// nputwin profiles: whose arithmetic there is, how surely it is known, and in what two of them differ.

#include "cli.h"
#include "profile/profile_json.h"
#include "report/comparison_report.h"
#include "report/profile_report.h"

namespace nputwin::cli {
namespace {

struct ShowArguments {
  ProfileArgument profile;
  FormatArgument format;
};

struct CompareArguments {
  ProfileArgument a, b;
  SamplingOptions sampling;
  FormatArgument format;
};

Result<Exit> list(const FormatArgument& format) {
  const auto profiles = builtin_profiles();
  fmt::print("{}", format.format == "json" ? report::profiles_json(profiles) : report::profiles_text(profiles, false));
  return Exit::kSame;
}

Result<Exit> show(const ShowArguments& a) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, a.profile.read());
  fmt::print("{}", a.format.format == "json" ? profile_to_json(profile) : report::profiles_text({&profile, 1}, true));
  return Exit::kSame;
}

Result<Exit> compare(const CompareArguments& arguments) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile a, arguments.a.read());
  NPUTWIN_ASSIGN_OR_RETURN(const Profile b, arguments.b.read());
  ProfileComparison result;
  {
    Progress progress("compare");
    result =
        compare_profiles(a, b, arguments.sampling, [&](std::size_t done) { progress.at(done, sample_ops().size()); });
  }
  fmt::print("{}",
             arguments.format.format == "json" ? report::comparison_json(result) : report::comparison_text(result));
  return result.differs() ? Exit::kDiffers : Exit::kSame;
}

}  // namespace

void add_profiles_command(Command root) {
  Command command = root.verb("profiles", "List the profiles with the confidence per op family; show one; compare two");
  command.footer(
      "Confidence: measured (equal to the real runtime), evidence (published numbers of the silicon, "
      "reproduced), source\n(read from code), statement (said by someone who should know), assumed (fits the "
      "evidence, "
      "not shown by it),\nunknown (nothing is known, such ops are refused).");
  auto format = std::make_shared<FormatArgument>();
  format->add(command, {"text", "json"});
  command.does([format] { return list(*format); });

  Command show_command =
      command.verb("show", "One profile: how each rule is known and from where; as JSON, all its parameters");
  auto s = std::make_shared<ShowArguments>();
  s->profile.add(show_command, "PROFILE", "Which one").required();
  s->format.add(show_command, {"text", "json"});
  show_command.does([s] { return show(*s); });

  Command compare_command = command.verb(
      "compare", "In what two profiles differ: their parameters, and how often each op's outputs by sampling");
  compare_command.footer(
      "Samples are ops with random constants, scales that fill the output's range, and random input codes. "
      "Exit code 1\nwhere any differ.");
  auto c = std::make_shared<CompareArguments>();
  c->a.add(compare_command, "A", "The first side").required();
  c->b.add(compare_command, "B", "The second side").required();
  compare_command.option("--models", c->sampling.models, "How many random uses of each op")
      .from(1, 100000)
      .shows_default();
  compare_command.option("--seed", c->sampling.seed, "Another seed gives other uses").shows_default();
  c->format.add(compare_command, {"text", "json"});
  compare_command.does([c] { return compare(*c); });

  command.verb("schema", "The JSON schema of a profile document").does([] {
    fmt::print("{}", profile_schema());
    return Result<Exit>(Exit::kSame);
  });
}

}  // namespace nputwin::cli
