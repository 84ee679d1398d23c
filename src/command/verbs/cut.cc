// nputwin cut: parts of a model as models of their own.

#include "api/cut.h"

#include "base/plural.h"
#include "command/arguments.h"

namespace nputwin::command {
namespace cut {
namespace {

struct Arguments {
  api::CutOptions options;
  FormatArgument format;
  PreparationArguments preparation;
};

Result<Exit> run(const Arguments& a, const Program& program) {
  api::CutOptions options = a.options;
  NPUTWIN_ASSIGN_OR_RETURN(const SessionOptions session, a.preparation.options());
  options.input_shapes = session.input_shapes;
  NPUTWIN_ASSIGN_OR_RETURN(const api::CutResult result, api::cut(options, program.interaction("files")));
  const Graph& graph = result.model->main();
  a.format.print(
      program, [&] { return report::cuts_text(graph, result.written); },
      [&] { return report::cuts_json(graph, result.written); });
  if (result.written.size() == result.planned) return Exit::kSame;
  return error("interrupted: {} of {} written, each whole", result.written.size(), counted(result.planned, "file"));
}

}  // namespace
}  // namespace cut

void add_cut_command(Command root) {
  Command command = root.verb("cut", "Extract parts of a model and write them as models of their own");
  command.footer(
      "--every-layer: for each op, a model that ends with its outputs and holds all ops that they depend on. A chain "
      "of 20 ops gives 20 models, each one op longer than the one before.\n"
      "--layers and --layer: what the part reads of other ops becomes its inputs. Variables begin with their first "
      "values, its inputs have the shapes that they have in a run of the whole model (--shape).\n"
      "Tensors keep their indices and names. Signatures and metadata describe the whole model and are left out.");
  auto a = std::make_shared<cut::Arguments>();
  add_model(command, a->options.model);
  command.option("--output,-o", a->options.folder, "The folder to write to; it is made where there is none")
      .value("FOLDER")
      .group(kOutputGroup)
      .required();
  command.flag("--every-layer", a->options.every_layer, "One model for each op, from the model's inputs to there");
  command.option("--layers", a->options.layers, "The ops from FIRST to LAST, both included").value("FIRST:LAST");
  command.option("--layer", a->options.layer, "One op: its index, or the name of its output").value("LAYER");
  a->preparation.add_shapes(command);
  a->format.add(command, {"text", "json"});
  command.does([a](const Program& program) { return cut::run(*a, program); });
}

}  // namespace nputwin::command
