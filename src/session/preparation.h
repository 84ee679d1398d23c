#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "model/model.h"
#include "ops/op.h"
#include "session/placement/placement.h"
#include "session/session_options.h"

namespace nputwin {

/// Walks a graph's nodes once and makes their kernels: shapes, whose rules hold, values that are known before anything
/// runs.
class Preparation {
 public:
  /// The model outlives this.
  Preparation(const Model& model, Placement placement, const SessionOptions& options);

  /// Gives inputs the shapes that the options ask for, and checks that all have room.
  [[nodiscard]] Status set_input_shapes();

  /// Whose rules hold for a node, as far as shapes are known yet.
  [[nodiscard]] Placement::Rules rules_of(const OpDefinition& op, std::size_t node) const;
  /// The family whose rule a node follows: its op's, or by its types kInt16 or kNumbers.
  [[nodiscard]] Family node_family(const OpDefinition& op, const Node& node) const;

  /// A node's kernel, by the placement's rules; the shapes of its outputs are known from then on. Everything about one
  /// node that can fail.
  [[nodiscard]] Result<std::unique_ptr<Kernel>> add_node(std::size_t node);
  /// A node's kernel by other rules, once all nodes have been added. `fallback` as PrepareContext has it.
  [[nodiscard]] Result<std::unique_ptr<Kernel>> kernel_by(std::size_t node, const Profile& profile,
                                                          const Profile* fallback, const Isa& isa) const;
  /// By whose rules add_node made a node's kernel.
  [[nodiscard]] const Placement::Rules& rules(std::size_t node) const { return rules_[node]; }

  /// Runs the node now and lets go of its kernel, if all that it needs is known.
  void fold(const Node& node, std::unique_ptr<Kernel>& kernel, const ThreadPool& pool);

  [[nodiscard]] const SessionOptions& options() const { return options_; }
  /// Of all tensors.
  [[nodiscard]] const std::vector<TensorSpec>& specs() const { return specs_; }
  /// A tensor's value, where it is known.
  [[nodiscard]] const std::optional<Bytes>& constant(std::size_t t) const { return constant_[t]; }
  /// False where an input comes from a node that could not be added.
  [[nodiscard]] bool inputs_known(const Node& node) const;

 private:
  struct Prepared {
    Shapes shapes;
    std::unique_ptr<Kernel> kernel;
  };
  [[nodiscard]] Result<Prepared> prepare(const OpDefinition& op, const Node& node, const Profile& profile,
                                         const Profile* fallback, const Isa& isa) const;
  [[nodiscard]] Status check_size(std::string_view role, const TensorSpec& spec) const;
  [[nodiscard]] Status check_tensors(const Node& node) const;

  const Graph& graph_;
  Placement placement_;
  SessionOptions options_;
  std::vector<TensorSpec> specs_;
  std::vector<std::optional<Bytes>> constant_;
  std::vector<std::unique_ptr<Blob>> computed_;  // what constants of folded nodes point to
  std::vector<bool> shape_known_;
  std::vector<Placement::Rules> rules_;  // of the nodes that were added
};

}  // namespace nputwin
