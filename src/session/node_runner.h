#pragma once

#include <memory>
#include <vector>

#include "session/scratch.h"
#include "session/session.h"

namespace nputwin {

/// One node of a session by rules of its own, on whatever inputs: what if this op were computed otherwise?
class NodeRunner {
 public:
  /// The session outlives the runner. `fallback` as PrepareContext has it. Fails where the op refuses the rules.
  [[nodiscard]] static Result<NodeRunner> make(const Session& session, NodeId node, const Profile& profile,
                                               const Profile* fallback, const Isa& isa);
  /// With a kernel that Preparation::kernel_by has made for the node.
  NodeRunner(const Session& session, NodeId node, std::shared_ptr<const Kernel> kernel);

  /// The node's outputs for inputs of its specs; variables among them stay as they are. Valid until the next run. Fails
  /// where the op does not allow the inputs' values.
  [[nodiscard]] Result<std::span<const TensorView>> run(std::span<const TensorView> inputs);

  [[nodiscard]] const Kernel& kernel() const { return *kernel_; }
  /// What output `k` is.
  [[nodiscard]] const TensorSpec& output(std::size_t k) const { return *outputs_[k].spec; }
  /// What kernels that are asked about single elements get.
  [[nodiscard]] RunContext context(std::span<const TensorView> inputs);

 private:
  std::shared_ptr<const Kernel> kernel_;
  std::unique_ptr<ThreadPool> pool_;
  std::vector<std::unique_ptr<Blob>> memory_;  // outputs, then variables
  std::vector<MutableTensorView> outputs_, state_;
  std::vector<TensorView> read_outputs_;
  std::vector<std::size_t> state_inputs_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace nputwin
