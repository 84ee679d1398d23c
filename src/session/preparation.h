#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "model/model.h"
#include "ops/op.h"
#include "session/control_flow.h"
#include "session/placement/placement.h"
#include "session/session_options.h"
#include "session/tensor_table.h"

namespace nputwin {

/// Walks a graph's nodes once and makes their kernels: shapes, whose rules hold, values that are known before anything
/// runs.
class Preparation {
 public:
  /// The model outlives this. Inputs have the shapes that the options ask for. Errors about the model name it.
  [[nodiscard]] static Result<std::unique_ptr<Preparation>> of(const Model& model, const Profile& profile,
                                                               const SessionOptions& options);
  /// The same of a subgraph whose inputs have these shapes, and whose session stands in others.
  [[nodiscard]] static Result<std::unique_ptr<Preparation>> of_subgraph(const Model& model, int subgraph,
                                                                        std::span<const Shape> shapes,
                                                                        const Profile& profile,
                                                                        const SessionOptions& options, Nesting nesting);

  /// A node as the walk leaves it.
  struct AddedNode {
    bool reached = true;                     ///< false: it reads what a node that failed should make
    Result<std::unique_ptr<Kernel>> kernel;  ///< null: nothing is left to run, its outputs are constants
  };
  /// Adds every node in order: whose rules hold, by what is known of the shapes before it, then its kernel and the
  /// shapes of its outputs, then their values, if those rest on no input. Everything about a node that can fail.
  /// `visit` sees each; an error of its ends the walk.
  using Visit = std::function<Status(std::size_t node, AddedNode added)>;
  [[nodiscard]] Status add_nodes(const ThreadPool& pool, const Visit& visit);

  /// The family whose rule a node follows: its op's, or by its types kInt16, kNumbers or kNumberFunctions.
  [[nodiscard]] Family node_family(const OpDefinition& op, const Node& node) const;

  /// A node's kernel by other rules, once all nodes have been added. `fallback` as PrepareContext has it. An error for
  /// IF and WHILE: what runs in them has rules of its own.
  [[nodiscard]] Result<std::unique_ptr<Kernel>> kernel_by(NodeId node, const Profile& profile, const Profile* fallback,
                                                          const Isa& isa) const;
  /// Whose rules hold for a node that has been added. No profile where the op is not known or the node was not reached.
  [[nodiscard]] const Placement::Rules& rules(NodeId node) const { return rules_[node.index]; }

  /// How the rule of a node that has been added is known; of IF and WHILE, the one known worst inside.
  [[nodiscard]] Evidence evidence_of(std::size_t node) const;

  /// What a reader of the results must know, a sentence for each node that has one.
  [[nodiscard]] const std::map<std::size_t, std::string>& cautions() const { return cautions_; }

  [[nodiscard]] const SessionOptions& options() const { return options_; }
  [[nodiscard]] const TensorTable& tensors() const { return tensors_; }
  /// Of all tensors.
  [[nodiscard]] const std::vector<TensorSpec>& specs() const { return tensors_.specs(); }
  /// What the kernels that are made from now on find in the file's place: TensorTable.
  void set_quantization(int t, Quantization quantization) { tensors_.set_quantization(t, std::move(quantization)); }
  void set_constant(int t, Bytes values) { tensors_.set_constant(t, values); }
  /// A tensor's value, where it is known.
  [[nodiscard]] const std::optional<Bytes>& constant(std::size_t t) const {
    return tensors_.constant(static_cast<int>(t));
  }

 private:
  Preparation(const Model& model, Nesting nesting, Placement placement, const SessionOptions& options);

  struct Prepared {
    Shapes shapes;
    std::unique_ptr<Kernel> kernel;
    bool rejected = false;  ///< the op has found that the delegate rejects it
    std::string caution;    ///< PrepareContext::caution
  };
  [[nodiscard]] AddedNode add_node(std::size_t node);
  /// IF or WHILE.
  [[nodiscard]] Result<std::unique_ptr<Kernel>> add_control_flow(std::size_t node);
  [[nodiscard]] Result<std::unique_ptr<Kernel>> add_kernel(const OpDefinition& op, std::size_t node);
  [[nodiscard]] Result<Prepared> prepare(const OpDefinition& op, const Node& node, const Profile& profile,
                                         const Profile* fallback, const Isa& isa) const;

  const Model& model_;
  Nesting nesting_;
  Placement placement_;
  SessionOptions options_;  // with parts to share
  TensorTable tensors_;
  std::vector<Placement::Rules> rules_;
  std::map<std::size_t, Evidence> inside_;       // of IF and WHILE
  std::map<std::size_t, std::string> cautions_;  // by node
};

}  // namespace nputwin
