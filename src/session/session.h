#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "model/model.h"
#include "ops/op.h"
#include "profile/delegate.h"
#include "profile/evidence.h"
#include "session/preparation.h"
#include "session/session_options.h"

namespace nputwin {

struct Profile;

/// Is shown every op's outputs as they are made. Views are valid during the call.
class Observer {
 public:
  virtual ~Observer() = default;
  /// `outputs`: one for each output of the node.
  virtual void on_node(NodeId node, std::span<const TensorView> outputs) = 0;
};

/// How a node would be computed.
struct NodeCoverage {
  NodeId node;
  std::string unsupported;              ///< why the node cannot run; empty: it can
  bool unreached = false;               ///< it reads what a node that cannot run should make: nothing more is known
  std::string profile;                  ///< whose rules: the profile, its fallback profile, or an override
  Delegate delegate = Delegate::kNone;  ///< the one that claims the node; kNone: a runtime's own kernels, or no runtime
  bool overridden = false;              ///< `profile` is the user's override of one that does not know the family
  std::string rejection;      ///< why the profile's delegate rejects the node; empty: it does not, or there is none
  std::string caution;        ///< what a reader of its results must know; empty: nothing
  std::vector<Shape> shapes;  ///< of the node's outputs
  Evidence evidence;          ///< how that profile knows the rule of the node's family
  std::optional<KernelForm> kernel;  ///< which form runs; nothing: the values are computed before anything runs
};

/// A model prepared for one profile: memory planned, kernels chosen. Run it as often as wanted; nothing is
/// allocated.
class Session {
 public:
  /// Prepares the main graph. Dimensions that the file leaves open count as 1, unless `options` give the input another
  /// shape.
  [[nodiscard]] static Result<Session> prepare(std::shared_ptr<const Model> model, Profile profile,
                                               const SessionOptions& options);

  /// Prepares a subgraph whose inputs have these shapes, for a node of another session of the model.
  [[nodiscard]] static Result<Session> prepare_subgraph(std::shared_ptr<const Model> model, int subgraph,
                                                        std::span<const Shape> shapes, const Profile& profile,
                                                        const SessionOptions& options, const Nesting& nesting);

  /// Another session of the same model and profile, which may run at the same time: it has tensors and variables of its
  /// own, and shares what is constant once it is prepared. `threads`: at most those that this one was prepared for.
  [[nodiscard]] Result<Session> sibling(int threads) const;
  /// From now on kernels share their loops among so many threads; at most those that this was prepared for.
  void use_threads(int threads) { pool_ = std::make_unique<ThreadPool>(threads); }
  [[nodiscard]] int threads() const { return pool_->threads(); }

  /// For each node whether and by whose rules it would be computed. The model need not be able to run.
  [[nodiscard]] static Result<std::vector<NodeCoverage>> coverage(const Model& model, const Profile& profile,
                                                                  const SessionOptions& options = {});

  [[nodiscard]] const Model& model() const { return *model_; }
  /// The same, for another session of it.
  [[nodiscard]] const std::shared_ptr<const Model>& shared_model() const { return model_; }
  [[nodiscard]] const Profile& profile() const { return *profile_; }
  [[nodiscard]] const Graph& graph() const { return model_->graph(subgraph_); }
  /// What a reader of the results must know, a line for each op of the main graph that has such.
  [[nodiscard]] std::vector<std::string> cautions() const;

  /// What graph input `k` takes.
  [[nodiscard]] const TensorSpec& input_spec(std::size_t k) const;
  /// Graph input `k`, for values that are made in place.
  [[nodiscard]] const MutableTensorView& input(std::size_t k) const { return inputs_[k]; }
  /// Copies values into graph input `k`; type and number of values must fit.
  [[nodiscard]] Status set_input(std::size_t k, const TensorView& values);

  [[nodiscard]] Status set_inputs(std::span<const Tensor> values);

  /// Runs all nodes. Variables keep their values from run to run. The error names the node whose op does not allow its
  /// inputs' values; nodes from there on have not run.
  [[nodiscard]] Status run(Observer* observer = nullptr);

  /// Gives the variables the values they had before the first run.
  void reset_state();

  /// Runs one node on its inputs as they are. In order from 0: the same as run(). Here and below, the nodes that a
  /// session has are those of its graph.
  [[nodiscard]] Status step(NodeId node);
  /// Runs one node on other inputs of the same specs, into `outputs` instead of its own. This session's
  /// variables stay as they are.
  [[nodiscard]] Status run_node(NodeId node, std::span<const TensorView> inputs,
                                std::span<const MutableTensorView> outputs);

  /// The node's kernel; null where its values are known before anything runs.
  [[nodiscard]] const Kernel* kernel(NodeId node) const { return prepared(node).kernel.get(); }
  /// What step() gives the node's kernel.
  [[nodiscard]] RunContext context(NodeId node) const;

  /// Shapes, rules and constants; makes kernels of this session's nodes by other rules.
  [[nodiscard]] const Preparation& preparation() const { return *preparation_; }

  [[nodiscard]] std::span<const TensorView> node_inputs(NodeId node) const;
  /// Valid after the node has run and until memory is used again: at the latest until the next node runs.
  [[nodiscard]] std::span<const TensorView> node_outputs(NodeId node) const;
  /// Valid after run().
  [[nodiscard]] TensorView output(std::size_t k) const;

 private:
  struct PreparedNode {
    std::shared_ptr<const Kernel> kernel;  // null: computed in prepare
    std::vector<TensorView> inputs, outputs;
    std::vector<MutableTensorView> mutable_outputs;
    std::vector<MutableTensorView> state;
    std::vector<std::size_t> state_inputs;  // which inputs those are
  };
  struct Variable {
    MutableTensorView view;
    std::optional<Bytes> first;  // the first value; else zero points
  };

  Session() = default;

  [[nodiscard]] const PreparedNode& prepared(NodeId node) const;
  /// Runs the node's kernel; the error names the node.
  [[nodiscard]] Status run_kernel_of(NodeId node, const RunContext& context) const;

  [[nodiscard]] Status make_kernels(Preparation& preparation);
  /// Plans the memory and makes the views of it.
  [[nodiscard]] Status place(std::size_t memory_limit);
  [[nodiscard]] std::size_t arena_bytes() const { return arena_bytes_; }

  std::shared_ptr<const Model> model_;
  int subgraph_ = 0;
  std::shared_ptr<const Profile> profile_;
  std::unique_ptr<ThreadPool> pool_;
  std::shared_ptr<const Preparation> preparation_;  // specs, and values that were known before
  std::unique_ptr<std::byte, void (*)(void*)> arena_{nullptr, nullptr};
  std::size_t arena_bytes_ = 0;
  std::vector<MutableTensorView> inputs_;
  std::vector<TensorView> outputs_;
  std::vector<PreparedNode> nodes_;
  std::vector<Variable> variables_;
  std::vector<std::byte> saved_state_;  // room for one node's variables
  std::span<std::byte> scratch_;
};

}  // namespace nputwin
