#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "model/attributes.h"
#include "model/not_run.h"
#include "tensor/tensor.h"

namespace nputwin {

/// A tensor of a model. Where `unsupported` is not empty it says what the twin cannot read of it (a type, a
/// scheme of quantization), and no op that touches it can run; `spec` then holds what could be read.
struct ModelTensor {
  TensorSpec spec;
  std::optional<Bytes> constant;  ///< aligned for the element type; inside Model::storage
  bool variable = false;          ///< state that outlives a run; `constant` is then its first value
  int packed_bits = 0;            ///< the file holds a constant in codes of 4 or 2 bits; `constant` has them as int8
  bool shape_declared = true;     ///< the file gives a shape with a dimension or more
  Shape shape_signature;          ///< the shape with -1 for dimensions that the file leaves open; empty: it leaves none
  std::string unsupported;
  bool float16 = false;  ///< the file holds FLOAT16, which is unsupported
  bool complete = true;  ///< the file gives the tensor no field that schema/tflite.fbs lacks
};

/// A use of an operator.
struct Node {
  std::string op;  ///< CONV_2D; a custom op's code
  int version = 1;
  bool custom = false;
  Attributes attributes;
  Bytes custom_options;
  std::vector<int> inputs;         ///< tensor indices; -1: left out
  std::vector<int> outputs;        ///< tensor indices
  std::vector<int> intermediates;  ///< tensors that say how values inside the op are quantized
  bool left_out = false;           ///< it is not run, and has no tensors (Graph::not_run)
  bool complete = true;            ///< the file gives the op no field or option that schema/tflite.fbs lacks
};

struct Graph {
  std::string name;
  std::vector<ModelTensor> tensors;
  std::vector<Node> nodes;  ///< in an order in which they can run
  std::vector<int> inputs, outputs;
  NotRun not_run;  ///< where this is a part of the file's graph (model/part.h)

  /// `t`: a tensor index that validate() has checked.
  [[nodiscard]] const ModelTensor& tensor(int t) const { return tensors[static_cast<std::size_t>(t)]; }
  [[nodiscard]] const TensorSpec& spec(int t) const { return tensor(t).spec; }
};

/// Where a node stands in a model. A plain index is one of the main graph, which is subgraph 0.
struct NodeId {
  int subgraph = 0;
  std::size_t index = 0;  ///< in its graph's nodes

  constexpr NodeId() = default;
  constexpr NodeId(std::size_t main_node) : index(main_node) {}  // NOLINT(google-explicit-constructor): as it is read
  constexpr NodeId(int of_subgraph, std::size_t of_node) : subgraph(of_subgraph), index(of_node) {}

  [[nodiscard]] constexpr bool in_main() const { return subgraph == 0; }
  auto operator<=>(const NodeId&) const = default;
};

/// What a file's metadata (TFLITE_METADATA) say of an output.
struct OutputMetadata {
  bool axis_labels = false;  ///< there is a name for each index of a dimension: scores of classes
  bool boxes = false;        ///< it holds boxes
};

/// Names by which a runtime's signature runner calls the main graph's inputs and outputs.
struct Signature {
  std::string key;                             ///< serving_default
  std::map<std::string, int> inputs, outputs;  ///< tensors
};

/// A model as read from a file: graphs whose indices, shapes and sizes have been checked.
struct Model {
  std::string path;
  std::string description;
  std::vector<Graph> graphs;                      ///< the first is the one that runs
  std::map<int, OutputMetadata> output_metadata;  ///< by tensor of the main graph
  std::vector<Signature> signatures;
  std::vector<std::shared_ptr<const Blob>> storage;

  [[nodiscard]] const Graph& main() const { return graphs.front(); }
  [[nodiscard]] const Graph& graph(int subgraph) const { return graphs[static_cast<std::size_t>(subgraph)]; }
  [[nodiscard]] const Node& node(NodeId id) const { return graph(id.subgraph).nodes[id.index]; }
};

/// "op 4 CONV_2D"; in another graph than the main one "subgraph 1 op 4 CONV_2D".
[[nodiscard]] inline std::string node_name(NodeId id, const Node& node) {
  const std::string name = fmt::format("op {} {}", id.index, node.op);
  return id.in_main() ? name : fmt::format("subgraph {} {}", id.subgraph, name);
}

/// Checks what a graph promises: indices in range, every tensor made at most once and before it is read.
[[nodiscard]] Status validate(const Graph& graph);

}  // namespace nputwin
