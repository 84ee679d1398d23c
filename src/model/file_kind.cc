#include "model/file_kind.h"

#include <algorithm>
#include <array>

namespace nputwin {
namespace {

/// A compiler of .tflite files: layers go in, a custom op that holds machine code comes out.
struct Compiler {
  std::string_view op, made_by, read;
};
constexpr std::array kCompilers{
    Compiler{"ethos-u", "Vela for the Ethos-U", "the int8 .tflite that Vela read"},
    Compiler{"edgetpu-custom-op", "edgetpu_compiler for the Edge TPU",
             "the .tflite that it read (its name is without _edgetpu)"},
    Compiler{"DISPATCH_OP", "LiteRT for a phone's NPU", "the quantized .tflite before its compilation"},
    Compiler{"NeutronGraph", "NXP's Neutron converter", "the int8 .tflite that the converter read"},
    Compiler{"vsi-npu", "VeriSilicon's delegate into a network binary", "the quantized .tflite that it read"},
};

/// Of the layers of all graphs, how many there are of each kind.
struct Layers {
  int integer = 0, dynamic_range = 0, weight_only = 0, float16 = 0, plain = 0;
};

/// Follows a tensor to the constant that ops unpack it from; -1 where it is computed from anything else.
int stored_as(const Graph& graph, int t) {
  for (int steps = 0; t >= 0 && !graph.tensor(t).constant; ++steps) {
    constexpr int kMost = 4;  // DENSIFY, DEQUANTIZE, RESHAPE, TRANSPOSE
    const auto maker = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                    [&](const Node& node) { return !node.outputs.empty() && node.outputs[0] == t; });
    if (steps == kMost || maker == graph.nodes.end() || maker->inputs.empty()) return -1;
    t = maker->inputs[0];
  }
  return t;
}

void count(const Graph& graph, const Node& node, Layers& layers) {
  if (node.inputs.size() < 2) return;
  // TRANSPOSE_CONV: output shape, weights, input. The others: input, weights, where an LSTM leaves out its first.
  const bool transposed = node.op == "TRANSPOSE_CONV" && node.inputs.size() > 2;
  const int input = node.inputs[transposed ? 2 : 0];
  int weights = node.inputs[1];
  for (std::size_t k = 2; weights < 0 && k < node.inputs.size(); ++k) weights = node.inputs[k];
  if (input < 0 || weights < 0) return;
  if (graph.spec(input).type != DType::kFloat32) {
    ++layers.integer;
    return;
  }
  const int stored = stored_as(graph, weights);
  const bool packed = stored != weights;
  if (stored >= 0 && graph.tensor(stored).float16) {
    ++layers.float16;
  } else if (stored >= 0 && graph.spec(stored).type != DType::kFloat32) {
    ++(packed ? layers.weight_only : layers.dynamic_range);
  } else {
    ++layers.plain;
  }
}

FileKind floats(std::string_view name, std::string_view what) {
  return {name,
          fmt::format("is {}: its layers compute in float32, as no profile and no integer NPU does. Export it with "
                      "full integer quantization (a representative dataset) and give that file",
                      what)};
}

}  // namespace

bool is_layer(std::string_view op) {
  constexpr std::array<std::string_view, 9> kLayers{"CONV_2D",
                                                    "DEPTHWISE_CONV_2D",
                                                    "FULLY_CONNECTED",
                                                    "TRANSPOSE_CONV",
                                                    "BATCH_MATMUL",
                                                    "CONV_3D",
                                                    "SVDF",
                                                    "UNIDIRECTIONAL_SEQUENCE_LSTM",
                                                    "LSTM"};
  return std::find(kLayers.begin(), kLayers.end(), op) != kLayers.end();
}

FileKind file_kind(const Model& model) {
  Layers layers;
  for (const Graph& graph : model.graphs) {
    for (const Node& node : graph.nodes) {
      if (is_layer(node.op)) count(graph, node, layers);
    }
  }
  for (const Node& node : model.main().nodes) {
    const auto compiler = std::find_if(kCompilers.begin(), kCompilers.end(),
                                       [&](const Compiler& c) { return node.custom && node.op == c.op; });
    if (compiler == kCompilers.end()) continue;
    return {"compiled", fmt::format("was compiled by {}: layers are machine code in its custom op '{}', which no "
                                    "profile runs and no other side can be compared with. Give {}",
                                    compiler->made_by, compiler->op, compiler->read)};
  }
  if (layers.integer > 0) {
    const int others = layers.dynamic_range + layers.weight_only + layers.float16 + layers.plain;
    if (others == 0) return {};
    return {"mixed", fmt::format("has {} layers that compute in float32, as no profile does, before or beside {} of "
                                 "integers. Export it with full integer quantization (a representative dataset)",
                                 others, layers.integer)};
  }
  if (layers.dynamic_range > 0) return floats("dynamic-range", "a dynamic-range model (integer weights)");
  if (layers.weight_only > 0) return floats("weight-only", "quantized in its weights only");
  if (layers.float16 > 0) return floats("float16", "a float16 model (weights stored in 16 bits)");
  if (layers.plain > 0) return floats("float", "a float32 model");
  return {};
}

}  // namespace nputwin
