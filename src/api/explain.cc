#include "api/explain.h"

#include <algorithm>

#include "analysis/compare/diff.h"
#include "api/layer.h"
#include "api/part.h"
#include "base/plural.h"
#include "io/tflite/reader.h"
#include "session/control_flow.h"
#include "sides/side.h"

namespace nputwin::api {
namespace {

/// The sessions of A and, where there is one, B.
Result<Sides> open_profiles(const ExplainOptions& options, const Callbacks& callbacks) {
  for (const std::string& side : {options.a, options.b}) {
    if (is_recording(side)) return error("{}: a recording shows no arithmetic to explain; name a profile", side);
  }
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.model));
  return open_part(model, options.a, options.b.empty() ? options.a : options.b, {options.session, {}}, options.until,
                   callbacks);
}

/// What is to be explained where the user names only a part of it.
struct Place {
  std::size_t node = 0, output = 0;
  std::int64_t element = 0;
};

/// The first layer that differs in isolation and has something to explain; with `place` given, that one.
const LayerDiff* layer_of(const DiffResult& result, const std::optional<Place>& given) {
  const auto fits = [&](const LayerDiff& l) {
    if (given) return l.node.index == given->node && l.output == given->output;
    return l.isolated.mismatches() > 0 && !is_control_flow(l.op);
  };
  const auto found = std::ranges::find_if(result.layers, fits);
  return found == result.layers.end() ? nullptr : &*found;
}

/// Where the two sides first differ on this sample, in the layer that is named or in all. Of a layer that is the same
/// in isolation, where the accumulated values do.
Result<Place> first_difference(const ExplainOptions& options, const std::optional<Place>& given, const Sides& sides,
                               const SideInputs& inputs, const Callbacks& callbacks) {
  Diff diff(sides);
  NPUTWIN_RETURN_IF_ERROR(
      add_samples(diff, sides, inputs, {options.sample, options.sample + 1}, {callbacks.progress, callbacks.stop, {}}));
  const DiffResult result = diff.result();
  const LayerDiff* layer = layer_of(result, given);
  if (layer == nullptr && given) return *given;
  if (layer == nullptr)
    return error("{} and {} agree in every layer of sample {}; name the one to explain with --layer", options.a,
                 options.b, options.sample);
  const auto& stats = layer->isolated.mismatches() > 0 ? layer->isolated : layer->accumulated;
  return Place{layer->node.index, layer->output, layer->place_of(stats.first_mismatch().value_or(0)).element};
}

/// The place that the options name, and the rest of it.
Result<Place> find_place(const ExplainOptions& options, const Sides& sides, const SideInputs& inputs,
                         const Callbacks& callbacks) {
  const Session& a = *sides.a->session();
  std::optional<Place> named;
  if (options.layer.empty()) {
    if (options.b.empty()) return error("--layer: expected the op to explain; only two sides have a first difference");
    if (!options.index.empty()) return error("--index: expected --layer too, the op that it is an index of");
  } else {
    NPUTWIN_ASSIGN_OR_RETURN(const std::size_t node, find_layer(a.graph(), options.layer));
    const auto outputs = a.node_outputs(node);
    if (options.output >= outputs.size())
      return error("--output {}: {} has {}", options.output, node_name(node, a.graph().nodes[node]),
                   counted(outputs.size(), "output"));
    named = Place{node, options.output, 0};
    if (!options.index.empty()) {
      NPUTWIN_ASSIGN_OR_RETURN(named->element, flatten(outputs[options.output].spec->shape, options.index));
      return *named;
    }
    if (options.b.empty()) return *named;
  }
  return first_difference(options, named, sides, inputs, callbacks);
}

}  // namespace

Result<Explanation> explain(const ExplainOptions& options, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const Sides sides, open_profiles(options, callbacks));
  Session &a = *sides.a->session(), *b = options.b.empty() ? nullptr : sides.b->session();
  NPUTWIN_ASSIGN_OR_RETURN(const SideInputs inputs,
                           SideInputs::open(sides, options.inputs, options.session, callbacks));
  if (options.sample >= inputs.size())
    return error("--sample {}: the input holds {}", options.sample, counted(inputs.size(), "sample"));
  NPUTWIN_ASSIGN_OR_RETURN(const Place place, find_place(options, sides, inputs, callbacks));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(options.sample));
  return nputwin::explain(a, b, sample, place.node, place.output, place.element);
}

}  // namespace nputwin::api
