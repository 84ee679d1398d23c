// nputwin bisect: the first layer beyond a limit, and the smallest model and input that show it.

#include "analysis/compare/bisect.h"

#include <filesystem>
#include <optional>

#include "comparison.h"
#include "io/npz.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  ComparisonArguments comparison;
  std::string folder, condition = "mismatch>0";
  bool end_to_end = false;
};

Result<Exit> run(const Arguments& args) {
  const ComparisonArguments& c = args.comparison;
  for (const ProfileArgument* side : {&c.a, &c.b}) {
    if (is_captured(*side)) return error("{}: a part of a model can be shown for profiles alone", side->text);
  }
  NPUTWIN_ASSIGN_OR_RETURN(const Condition condition, Condition::parse(args.condition));
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, c.model.read());
  NPUTWIN_ASSIGN_OR_RETURN(const DiffResult result, compare(c, model));
  if (interrupted()) return error("interrupted: nothing is written");
  const LayerDiff* layer = first_beyond(result, condition, args.end_to_end);
  const DifferenceStats* stats = layer == nullptr ? nullptr : args.end_to_end ? &layer->accumulated : &layer->isolated;
  const std::optional<std::int64_t> first = stats == nullptr ? std::nullopt : stats->first_mismatch();
  if (!first) {
    fmt::print("no layer has {} {} on {} sample{}\n", condition.text(), args.end_to_end ? "end to end" : "alone",
               result.samples, result.samples == 1 ? "" : "s");
    return Exit::kSame;
  }
  NPUTWIN_ASSIGN_OR_RETURN(const Profile a, c.a.read());
  NPUTWIN_ASSIGN_OR_RETURN(const Profile b, c.b.read());
  NPUTWIN_ASSIGN_OR_RETURN(const SessionOptions options, c.machine.options());
  const SessionOptions options_a = options_of(a, b, options), options_b = options_of(b, a, options);
  NPUTWIN_ASSIGN_OR_RETURN(Session session, Session::prepare(model, a, options_a));
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, make_session_inputs(session, c.input.sources));
  const std::size_t at = layer->place_of(*first).sample;
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(at));
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(c.model.path));
  NPUTWIN_ASSIGN_OR_RETURN(const Bisection part,
                           bisect(session, b, options_a, options_b, file->bytes(), *layer, sample, args.end_to_end));

  NPUTWIN_RETURN_IF_ERROR(make_folder(args.folder));
  const auto path = [&](const char* name) { return (std::filesystem::path(args.folder) / name).string(); };
  TensorSet tensors;
  for (std::size_t k = 0; k < part.inputs.size(); ++k) tensors[fmt::format("in{}", k)] = part.inputs[k];
  NPUTWIN_RETURN_IF_ERROR(write_npz(path("input.npz"), tensors));
  NPUTWIN_RETURN_IF_ERROR(write_file_whole(path("model.tflite"), part.model));
  fmt::print("first with {} {}: op {} {} '{}', sample {}\n{}: {} of {} ops, {} bytes; {} elements differ\n",
             condition.text(), args.end_to_end ? "end to end" : "alone", layer->node, layer->op, layer->name, at,
             path("model.tflite"), part.cut.nodes.size(), model->main().nodes.size(), part.model.size(),
             part.mismatches);
  const PreparationArguments& prepared = c.machine.preparation;  // a part within a model has its shapes
  fmt::print("nputwin diff {} --a {} --b {} --input {}{}\n", quoted(path("model.tflite")), quoted(c.a.text),
             quoted(c.b.text), quoted(path("input.npz")), args.end_to_end ? prepared.text() : prepared.on_cpu_text());
  return Exit::kDiffers;
}

}  // namespace

void add_bisect_command(Command root) {
  Command command =
      root.verb("bisect", "Find the first layer beyond a limit, and write the smallest model and input that show it");
  command.footer(
      "Writes model.tflite and input.npz, checks that the two sides differ on them, and ends with the "
      "command that shows it. "
      "Exit code 1 where there is such a layer.");
  auto a = std::make_shared<Arguments>();
  a->comparison.add(command);
  command.option("--output,-o", a->folder, "The folder to write to; it is made where there is none").required();
  command.option("--first", a->condition, "The limit, as 'mismatch>0.1%', 'largest>=2', 'cosine<0.999'")
      .shows_default();
  command.flag("--end-to-end", a->end_to_end,
               "Look at what has come together up to a layer, not at what it does alone; the model is "
               "then all that it rests on");
  command.does([a] { return run(*a); });
}

}  // namespace nputwin::cli
