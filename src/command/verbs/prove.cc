// nputwin prove: where two profiles are equal for all inputs, and where they are not.

#include "api/prove.h"

#include "base/file.h"
#include "command/arguments.h"
#include "report/prove_report.h"

namespace nputwin::command {
namespace prove {
namespace {

struct Arguments {
  ModelFile model;
  std::string until, certificate;
  std::vector<std::string> profiles;
  MachineArguments machine;
  FormatArgument format;
  bool open = false;
};

std::string text_of(const api::Proved& proved, bool open, std::size_t columns) {
  std::string text;
  for (const auto& pair : proved.pairs) {
    text += (text.empty() ? "" : "\n") + report::prove_text(pair.proof, pair.a, pair.b, columns);
    if (open) text += "\n" + report::open_text(pair.proof, pair.open, columns);
  }
  return text;
}

std::string json_of(const api::Proved& proved, bool open) {
  Json json{{"equal", proved.equal()}, {"pairs", Json::array()}};
  for (const auto& pair : proved.pairs) {
    json["pairs"].push_back(report::prove_json(pair.proof, pair.a, pair.b));
    if (open) json["pairs"].back()["open"] = report::open_json(pair.open);
  }
  return to_text(json);
}

Result<Exit> run(const Arguments& a, const Program& program) {
  api::ProveOptions options{a.model, split_profiles(a.profiles), {}, a.until, a.open, a.certificate, NPUTWIN_VERSION};
  NPUTWIN_ASSIGN_OR_RETURN(options.session, a.machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(const api::Proved proved, api::prove(options, program.interaction("ops")));
  const Exit exit = proved.equal() ? Exit::kSame : Exit::kDiffers;
  if (is_stdout(a.certificate)) return exit;  // which the certificate has
  a.format.print(
      program, [&] { return text_of(proved, a.open, program.columns()); }, [&] { return json_of(proved, a.open); });
  return exit;
}

}  // namespace
}  // namespace prove

void add_prove_command(Command root) {
  Command command = root.verb("prove", "Prove of every op whether profiles compute it alike for all inputs");
  command.footer(
      "On each side a layer's output rises with its exact sum, so a side is known by the sums at which each output "
      "value begins. Two sides that begin every value at the same sum are equal for all inputs; the sums between two "
      "beginnings are all that differ. Other ops are tried on every code, or every pair of codes, that can come in.\n"
      "equal: for all inputs. differs: an input is known that shows it; it was run on both sides. open: neither is "
      "shown.\n"
      "Exit code 0 where every op is equal, so that the whole model is; else 1.\n\n" +
      part_help() + "\n" + profile_help());
  auto a = std::make_shared<prove::Arguments>();
  add_model(command, a->model);
  command.option("--for", a->profiles, "Two or more profiles, with commas between; each is compared with the first")
      .value("PROFILE,PROFILE")
      .repeatable()
      .required();
  command.flag("--open", a->open,
               "Repeat the proof for every value of the profiles' parameters that evidence leaves open");
  add_until(command, a->until);
  command
      .option(
          "--certificate", a->certificate,
          "Write what was proven of two profiles so that tools/check_certificate.py can check it against the model; "
          "- is stdout, in the place of the result")
      .value("FILE")
      .group(kOutputGroup);
  a->format.add(command, {"text", "json"});
  a->machine.add(command);
  command.does([a](const Program& program) { return prove::run(*a, program); });
}

}  // namespace nputwin::command
