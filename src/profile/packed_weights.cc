#include "profile/packed_weights.h"

namespace nputwin {

// Measured on random models. TRANSPOSE_CONV: TensorFlow 2.17 to LiteRT 2.1.6 take the bytes for codes of 8 bits and
// read beyond them, the others stop.
Status check_packed_weights(OpRegistry registry, const Graph& graph, const Node& node) {
  if (registry == OpRegistry::kNone || node.inputs.size() < 2 || node.inputs[1] < 0) return {};
  const ModelTensor& weights = graph.tensor(node.inputs[1]);
  if (weights.packed_bits == 0) return {};
  if (registry < OpRegistry::kTflite213)
    return error("{} has no tensors of {} bits, and '{}' is one", name(registry), weights.packed_bits,
                 weights.spec.name);
  if (node.op == "TRANSPOSE_CONV")
    return error("{} takes no weights of {} bits in this op, and '{}' has them", name(registry), weights.packed_bits,
                 weights.spec.name);
  const bool per_channel = registry != OpRegistry::kTflm && registry >= OpRegistry::kTensorflow219;
  if (node.op == "FULLY_CONNECTED" && !per_channel && !weights.spec.quantization.per_tensor())
    return error("{} takes weights of {} bits only with one scale, and '{}' has several", name(registry),
                 weights.packed_bits, weights.spec.name);
  return {};
}

}  // namespace nputwin
