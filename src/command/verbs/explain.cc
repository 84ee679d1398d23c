// nputwin explain: one number, completely.

#include "api/explain.h"

#include "command/arguments.h"
#include "report/explain_report.h"

namespace nputwin::command {
namespace explain {
namespace {

struct Arguments {
  ModelFile model;
  std::string a, b, layer, index, until, as;
  std::vector<InputArgument> inputs;
  MachineArguments machine;
  FormatArgument format;
  std::size_t output = 0, sample = 0, products = 8;
};

Result<Exit> run(const Arguments& a, const Program& program) {
  api::ExplainOptions options{a.model, a.a, a.b, a.inputs, {}, a.layer, a.output, {}, a.sample, a.until};
  NPUTWIN_ASSIGN_OR_RETURN(options.session, a.machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(options.index, read_numbers("--index", a.index, ',', "0,3,4,7"));
  NPUTWIN_ASSIGN_OR_RETURN(const Explanation explanation, api::explain(options, program.progress("ops")));
  if (a.as == "python") {
    const std::string lines = report::explanation_python(explanation);
    if (lines.empty())
      return error("{} has no steps to write as Python: it only moves values, or none are known", explanation.op);
    program.print(lines);
    return explanation.differs() ? Exit::kDiffers : Exit::kSame;
  }
  a.format.print(
      program, [&] { return report::explanation_text(explanation, a.products); },
      [&] { return report::explanation_json(explanation); });
  return explanation.differs() ? Exit::kDiffers : Exit::kSame;
}

void add_options(Command command, Arguments& a) {
  add_model(command, a.model);
  add_profile(command, "--a,--profile,-p", a.a, "Whose arithmetic to explain").required();
  add_profile(command, "--b", a.b, "The side to compare with");
  command
      .option("--layer", a.layer,
              "The op: its index, or the name of its output; by default the first that differs by itself")
      .value("LAYER");
  command
      .option("--index", a.index,
              "The element's index in the output, one number a dimension; by default the first element that differs")
      .value("0,3,4,7");
  command.option("--output", a.output, "Which of the op's outputs").value("N").shows_default();
  add_inputs(command, a.inputs);
  add_until(command, a.until);
  command.option("--sample", a.sample, "Which sample of an input with several")
      .value("N")
      .group(kInputGroup)
      .shows_default();
  command.option("--products", a.products, "How many products to list").value("N").group(kOutputGroup).shows_default();
  command.option("--as", a.as, "`python`: the rule for this element as lines of Python that print its quantized value")
      .value("python")
      .group(kOutputGroup)
      .one_of({"python"});
  a.format.add(command, {"text", "json"});
  a.machine.add(command);
}

}  // namespace
}  // namespace explain

void add_explain_command(Command root) {
  Command command = root.verb("explain", "Explain one output element: its sum, each step of the arithmetic, the cause");
  command.footer(
      "Both sides' op runs on the inputs that A computed. Each step is shown exactly, in decimal and in binary.\n"
      "From A's rule to B's one step is exchanged at a time. The first that moves the output towards B's "
      "is the cause.\n"
      "Each side's own run may differ although the op by itself does not: then the inputs that differ are counted, "
      "each with the op that made it.\n"
      "Exit code 1 where the two outputs differ, by the op itself or from above.\n\n" +
      profile_help() + "\n" + source_help());
  auto a = std::make_shared<explain::Arguments>();
  explain::add_options(command, *a);
  command.does([a](const Program& program) { return explain::run(*a, program); });
}

}  // namespace nputwin::command
