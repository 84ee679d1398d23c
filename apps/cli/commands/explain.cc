// nputwin explain: one number, completely.

#include <charconv>

#include "analysis/explain/explain.h"
#include "cli.h"
#include "report/explain_report.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  ModelArgument model;
  InputArgument input;
  MachineArguments machine;
  FormatArgument format;
  ProfileArgument a, b;
  std::string layer, index;
  std::size_t output = 0, sample = 0, products = 8;
};

Result<std::int64_t> element_at(const std::string& text, const Shape& shape) {
  std::vector<std::int64_t> index;
  for (const char *at = text.data(), *end = at + text.size(); at < end;) {
    std::int64_t value = 0;
    const auto [next, failed] = std::from_chars(at, end, value);
    if (failed != std::errc() || (next != end && *next != ','))
      return error("--index '{}': expected numbers with commas, as in 0,3,4,7", text);
    index.push_back(value);
    at = next + 1;
  }
  return flatten(shape, index);
}

Result<Exit> run(const Arguments& args) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, args.model.read());
  const bool two = !args.b.text.empty();
  NPUTWIN_ASSIGN_OR_RETURN(Sides sides, prepare_sides(model, args.a, two ? args.b : args.a, args.machine));
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t node, find_layer(model->main(), args.layer));
  const auto outputs = sides.a.node_outputs(node);
  if (args.output >= outputs.size())
    return error("--output {}: {} has {} output{}", args.output, node_name(node, model->main().nodes[node]),
                 outputs.size(), outputs.size() == 1 ? "" : "s");
  NPUTWIN_ASSIGN_OR_RETURN(const std::int64_t element, element_at(args.index, outputs[args.output].spec->shape));
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, make_session_inputs(sides.a, args.input.sources));
  if (args.sample >= inputs.size())
    return error("--sample {}: the input holds {} sample{}", args.sample, inputs.size(), inputs.size() == 1 ? "" : "s");
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(args.sample));
  NPUTWIN_ASSIGN_OR_RETURN(const Explanation explanation,
                           explain(sides.a, two ? &sides.b : nullptr, sample, node, args.output, element));
  fmt::print("{}", args.format.format == "json" ? report::explanation_json(explanation)
                                                : report::explanation_text(explanation, args.products));
  return explanation.cause ? Exit::kDiffers : Exit::kSame;
}

}  // namespace

void add_explain_command(Command root) {
  Command command = root.verb(
      "explain", "One output element completely: its sum, each step of the arithmetic, and where two sides part");
  command.footer(
      "Both sides' op gets the inputs that A computed. Each step is shown in decimal and in binary, exactly; "
      "from A's rule "
      "to B's one step is exchanged at a time, and the first that moves the code towards B's is the cause.\n"
      "Exit code 1 where the two codes differ.");
  auto a = std::make_shared<Arguments>();
  a->model.add(command);
  a->a.add(command, "--a,--profile,-p", "Whose arithmetic").required();
  a->b.add(command, "--b", "The side to compare with");
  command.option("--layer", a->layer, "The op, by its index or the name of its output").required();
  command.option("--index", a->index, "The element's index in the output, a number a dimension: 0,3,4,7").required();
  command.option("--output", a->output, "Which of the op's outputs").shows_default();
  a->input.add(command);
  command.option("--sample", a->sample, "Which sample of an input with several").shows_default();
  command.option("--products", a->products, "How many products to list").shows_default();
  a->format.add(command, {"text", "json"});
  a->machine.add(command);
  command.does([a] { return run(*a); });
}

}  // namespace nputwin::cli
