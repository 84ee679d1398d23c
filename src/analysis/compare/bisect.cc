#include "analysis/compare/bisect.h"

#include <algorithm>
#include <map>

#include "io/tflite/edit.h"
#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "tensor/copy_of.h"

namespace nputwin {
namespace {

/// The values of some tensors as a run makes them.
Result<std::map<int, Tensor>> values_of(Session& session, std::span<const Tensor> sample,
                                        const std::vector<int>& wanted) {
  std::map<int, Tensor> values;
  const Graph& graph = session.graph();
  const auto keep = [&](int t, const TensorView& view) {
    if (std::find(wanted.begin(), wanted.end(), t) != wanted.end()) values[t] = copy_of(view);
  };
  for (std::size_t k = 0; k < sample.size(); ++k) keep(graph.inputs[k], sample[k].view());
  session.reset_state();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    NPUTWIN_RETURN_IF_ERROR(session.step(i));
    for (std::size_t k = 0; k < graph.nodes[i].outputs.size(); ++k)
      keep(graph.nodes[i].outputs[k], session.node_outputs(i)[k]);
  }
  return values;
}

/// How many elements of the part's outputs differ, each side on its own.
Result<std::int64_t> mismatches(const Bisection& part, const Profile& a, const Profile& b,
                                const SessionOptions& options_a, const SessionOptions& options_b) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, parse_tflite(std::make_shared<Blob>(Bytes(part.model)), "the part"));
  NPUTWIN_ASSIGN_OR_RETURN(Session one, Session::prepare(model, a, options_a));
  NPUTWIN_ASSIGN_OR_RETURN(Session other, Session::prepare(model, b, options_b));
  for (Session* side : {&one, &other}) {
    NPUTWIN_RETURN_IF_ERROR(side->set_inputs(part.inputs));
    NPUTWIN_RETURN_IF_ERROR(side->run());
  }
  DifferenceStats stats;
  for (std::size_t k = 0; k < model->main().outputs.size(); ++k) stats.add(one.output(k), other.output(k), 0);
  return stats.mismatches();
}

}  // namespace

const LayerDiff* first_beyond(const DiffResult& result, const Condition& condition, bool accumulated) {
  const auto found = std::find_if(result.layers.begin(), result.layers.end(), [&](const LayerDiff& layer) {
    return condition.holds(accumulated ? layer.accumulated : layer.isolated);
  });
  return found == result.layers.end() ? nullptr : &*found;
}

Result<Bisection> bisect(Session& a, const Profile& b, const SessionOptions& options_a, const SessionOptions& options_b,
                         Bytes file, const LayerDiff& layer, std::span<const Tensor> sample, bool accumulated) {
  NPUTWIN_RETURN_IF_ERROR(a.set_inputs(sample));
  // A part has shapes of its own: its inputs are what the whole's were at that place.
  SessionOptions part_a = options_a, part_b = options_b;
  if (!accumulated) {
    part_a.input_shapes.clear();
    part_b.input_shapes.clear();
  }
  const std::size_t last = layer.node.index;
  for (std::size_t first = last + 1; first-- > 0;) {
    Bisection part;
    part.cut = accumulated ? prefix_of(a.graph(), last) : part_of(a.graph(), first, last);
    set_shapes(part.cut, a.graph(), a.preparation().specs());
    NPUTWIN_ASSIGN_OR_RETURN(part.model, cut_file(file, part.cut));
    NPUTWIN_ASSIGN_OR_RETURN(auto values, values_of(a, sample, part.cut.inputs));
    for (const int t : part.cut.inputs) part.inputs.push_back(std::move(values.at(t)));
    NPUTWIN_ASSIGN_OR_RETURN(part.mismatches, mismatches(part, a.profile(), b, part_a, part_b));
    if (part.mismatches > 0) return part;
    if (accumulated) break;
  }
  return error("op {} {} differs in the whole model, but no part of it that ends with this op differs", last, layer.op);
}

}  // namespace nputwin
