#include "api/explain.h"

#include "api/layer.h"
#include "api/part.h"
#include "io/tflite/reader.h"
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

}  // namespace

Result<Explanation> explain(const ExplainOptions& options, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const Sides sides, open_profiles(options, callbacks));
  Session &a = *sides.a->session(), *b = options.b.empty() ? nullptr : sides.b->session();
  const Graph& graph = a.graph();
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t node, find_layer(graph, options.layer));
  const auto outputs = a.node_outputs(node);
  if (options.output >= outputs.size())
    return error("--output {}: {} has {} output{}", options.output, node_name(node, graph.nodes[node]), outputs.size(),
                 outputs.size() == 1 ? "" : "s");
  NPUTWIN_ASSIGN_OR_RETURN(const std::int64_t element, flatten(outputs[options.output].spec->shape, options.index));
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, session_inputs(a, options.inputs, callbacks));
  if (options.sample >= inputs.size())
    return error("--sample {}: the input holds {} sample{}", options.sample, inputs.size(),
                 inputs.size() == 1 ? "" : "s");
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(options.sample));
  return nputwin::explain(a, b, sample, node, options.output, element);
}

}  // namespace nputwin::api
