#include "api/bisect.h"

#include <filesystem>

#include "api/command_text.h"
#include "base/file.h"
#include "base/folder.h"
#include "io/npz.h"

namespace nputwin::api {
namespace {

/// The part in which the layer differs, on the first sample in which it does.
Result<BisectResult::Found> find_part(const BisectOptions& options, const Diffed& diffed, const LayerDiff& layer,
                                      std::int64_t first_mismatch) {
  BisectResult::Found found{layer, layer.place_of(first_mismatch).sample, {}, diffed.model->main().nodes.size(), {}, {},
                            {}};
  const DiffOptions& diff = options.diff;
  NPUTWIN_ASSIGN_OR_RETURN(const Sides sides, open_sides(diffed.model, diff.a, diff.b, diff.sides));
  Session &a = *sides.a->session(), &b = *sides.b->session();
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, session_inputs(a, diff.inputs));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(found.sample));
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, diff.model.read());
  NPUTWIN_ASSIGN_OR_RETURN(
      found.part, nputwin::bisect(a, b.profile(), a.preparation().options(), b.preparation().options(), file->bytes(),
                                  layer, sample, options.accumulated));
  return found;
}

Status write(BisectResult::Found& found, const std::string& folder) {
  NPUTWIN_RETURN_IF_ERROR(make_folder(folder));
  found.model_file = (std::filesystem::path(folder) / "model.tflite").string();
  found.input_file = (std::filesystem::path(folder) / "input.npz").string();
  TensorSet tensors;
  for (std::size_t k = 0; k < found.part.inputs.size(); ++k) tensors[fmt::format("in{}", k)] = found.part.inputs[k];
  NPUTWIN_RETURN_IF_ERROR(write_npz(found.input_file, tensors));
  return write_file_whole(found.model_file, found.part.model);
}

/// The comparison of the part alone. A part within a model has the shapes that it has there.
std::string diff_command(const BisectOptions& options, const BisectResult::Found& found) {
  DiffOptions part = options.diff;
  part.model = found.model_file;
  part.inputs = {found.input_file};
  part.until.clear();
  if (!options.accumulated) part.sides.session.input_shapes.clear();
  return part.program + " diff " + comparison_text(part);
}

}  // namespace

Result<BisectResult> bisect(const BisectOptions& options, const Callbacks& callbacks) {
  for (const std::string& side : {options.diff.a, options.diff.b}) {
    if (is_recording(side)) return error("{}: a recording cannot run a part of a model; name a profile", side);
  }
  NPUTWIN_ASSIGN_OR_RETURN(const Condition limit, Condition::parse(options.limit));
  if (limit.scope() != Condition::Scope())
    return error("'{}': the first layer is looked for among all; expected a limit without a scope, as in mismatch>0.1%",
                 options.limit);
  DiffOptions without_expectations = options.diff;
  without_expectations.expectations = false;
  NPUTWIN_ASSIGN_OR_RETURN(const Diffed diffed, diff(without_expectations, callbacks));
  if (diffed.stopped) return error("interrupted: nothing is written");
  BisectResult result{diffed.result.samples, diffed.result.not_run, {}};
  const LayerDiff* layer = first_beyond(diffed.result, limit, options.accumulated);
  if (layer == nullptr) return result;
  const auto first_mismatch = (options.accumulated ? layer->accumulated : layer->isolated).first_mismatch();
  if (!first_mismatch) return result;  // the limit holds of equal tensors too
  NPUTWIN_ASSIGN_OR_RETURN(result.found, find_part(options, diffed, *layer, *first_mismatch));
  NPUTWIN_RETURN_IF_ERROR(write(*result.found, options.folder));
  result.found->diff_command = diff_command(options, *result.found);
  return result;
}

}  // namespace nputwin::api
