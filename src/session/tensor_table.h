#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "model/model.h"
#include "ops/op.h"

namespace nputwin {

/// The op tells of its inputs' shapes alone.
[[nodiscard]] bool needs_no_values(const Node& node);

/// What is known of a graph's tensors before anything runs: specs, whose shapes follow from node to node, and values
/// that rest on no input.
class TensorTable {
 public:
  /// Constants, variables and inputs are known, as the file has them. The graph outlives this.
  explicit TensorTable(const Graph& graph);

  /// Gives inputs the shapes that are asked for by name. Fails where no input has that name, where a shape does not
  /// fit, and where an input needs more than `memory_limit` bytes.
  [[nodiscard]] Status set_input_shapes(const std::map<std::string, Shape>& shapes, std::size_t memory_limit);

  /// Gives all inputs shapes, in their order.
  [[nodiscard]] Status set_input_shapes(std::span<const Shape> shapes, std::size_t memory_limit);

  [[nodiscard]] const Graph& graph() const { return graph_; }
  /// Of all tensors.
  [[nodiscard]] const std::vector<TensorSpec>& specs() const { return specs_; }
  [[nodiscard]] const TensorSpec& spec(int t) const { return specs_[static_cast<std::size_t>(t)]; }
  /// A tensor's value, where it is known.
  [[nodiscard]] const std::optional<Bytes>& constant(int t) const { return constant_[static_cast<std::size_t>(t)]; }

  /// False where the shape of an input has not been set.
  [[nodiscard]] bool inputs_known(const Node& node) const;
  /// Fails where a tensor of the node is of a kind that cannot be read.
  [[nodiscard]] Status check_supported(const Node& node) const;

  /// From now on a tensor is quantized like that, as if the file said so.
  void set_quantization(int t, Quantization quantization);
  /// From now on a constant has these values, as if the file said so. They outlive this.
  void set_constant(int t, Bytes values);

  /// `shapes`: one for each output of the node.
  void set_output_shapes(const Node& node, const Shapes& shapes);

  /// All that the node computes is known before anything runs: its inputs are constant, or it needs no values.
  [[nodiscard]] bool can_fold(const Node& node) const;
  /// Runs a kernel of such a node; its outputs are constants from then on.
  /// Fails where its op does not allow its inputs' values.
  [[nodiscard]] Status fold(const Node& node, const Kernel& kernel, const ThreadPool& pool);

 private:
  const Graph& graph_;
  std::vector<TensorSpec> specs_;
  std::vector<std::optional<Bytes>> constant_;
  std::vector<std::unique_ptr<Blob>> computed_;  // what constants of folded nodes point to
  std::vector<bool> shape_known_;
};

/// The kernel of a node whose shapes have been inferred. Fails where the op refuses it, and where it needs more than
/// `memory_limit` bytes of scratch memory.
[[nodiscard]] Result<std::unique_ptr<Kernel>> make_kernel(const OpDefinition& op, const PrepareContext& context,
                                                          std::size_t memory_limit);

/// A node's tensors as its op sees them before anything runs. The table outlives this.
class NodeTensors {
 public:
  NodeTensors(const Node& node, const TensorTable& table);
  NodeTensors(const NodeTensors&) = delete;
  NodeTensors& operator=(const NodeTensors&) = delete;

  /// Valid as long as this is.
  [[nodiscard]] const NodeView& view() const { return view_; }
  /// The op has asked for values that are known only while the model runs.
  [[nodiscard]] bool lacks_values() const { return lacks_values_; }
  /// The shapes of the outputs, which the view has from then on. Fails where one needs more than `memory_limit` bytes.
  [[nodiscard]] Result<Shapes> infer_shapes(const OpDefinition& op, std::size_t memory_limit);

 private:
  /// Where shapes follow from values that are not known yet, those that the file gives.
  [[nodiscard]] Result<Shapes> shapes_of(const OpDefinition& op) const;

  bool lacks_values_ = false;
  std::vector<InputSpec> inputs_;
  std::vector<TensorSpec> outputs_;
  std::vector<const TensorSpec*> intermediates_;
  NodeView view_;
};

}  // namespace nputwin
