#include "analysis/capture_diff.h"

namespace nputwin {

Status add_capture(Session& twin, const Capture& capture, std::span<const Tensor> inputs,
                   DiffResult& result) {
  NPUTWIN_RETURN_IF_ERROR(twin.set_inputs(inputs));
  twin.reset_state();
  result.model = twin.model().path, result.a = capture.source, result.b = twin.profile().name;
  const bool first = result.samples++ == 0;
  std::size_t layer = 0;
  const Graph& graph = twin.graph();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    std::vector<TensorView> captured_inputs(twin.node_inputs(i).begin(), twin.node_inputs(i).end());
    std::vector<Blob> copies;  // with the spare bytes that kernels read
    copies.reserve(node.inputs.size());
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      const auto found = capture.tensors.find(node.inputs[k]);
      if (found == capture.tensors.end() || captured_inputs[k].bytes.size() != found->second.data.size())
        continue;
      captured_inputs[k].bytes = copies.emplace_back(Bytes(found->second.data)).bytes();
    }
    const auto own = twin.node_outputs(i);
    std::vector<Blob> alone;
    std::vector<MutableTensorView> room;
    for (const TensorView& view : own) {
      alone.emplace_back(view.bytes.size());
      room.push_back({view.spec, alone.back().mutable_bytes()});
    }
    twin.run_node(i, captured_inputs, room);
    twin.step(i);
    for (std::size_t k = 0; k < own.size(); ++k) {
      const ModelTensor& tensor = graph.tensors[static_cast<std::size_t>(node.outputs[k])];
      if (tensor.variable || !tensor.unsupported.empty()) continue;
      const TensorSpec& spec = *own[k].spec;
      const auto found = capture.tensors.find(node.outputs[k]);
      if (found == capture.tensors.end() && capture.partial) continue;
      if (found == capture.tensors.end())
        return error("{}: output '{}' was not captured", node_name(i, node), spec.name);
      const Tensor& theirs = found->second;
      if (theirs.spec.type != spec.type || theirs.spec.shape != spec.shape) {
        return error("{}: output '{}' was captured as {} {}, here it is {} {}", node_name(i, node), spec.name,
                     name(theirs.spec.type), to_string(theirs.spec.shape), name(spec.type),
                     to_string(spec.shape));
      }
      if (first)
        result.layers.push_back(
            {i, node.op, k, node.outputs[k], spec.name, spec.type, spec.shape, {}, {}, {}});
      const TensorView a{&spec, theirs.data};
      const std::int64_t before = result.layers[layer].isolated.mismatches();
      result.layers[layer].isolated.add(a, read_only(room[k]));
      result.layers[layer].causes.add(Cause::kUnknown, result.layers[layer].isolated.mismatches() - before);
      result.layers[layer++].accumulated.add(a, own[k]);
    }
  }
  return {};
}

}  // namespace nputwin
