#include "session/node_runner.h"

namespace nputwin {

Result<NodeRunner> NodeRunner::make(const Session& session, NodeId node, const Profile& profile,
                                    const Profile* fallback, const Isa& isa) {
  NPUTWIN_ASSIGN_OR_RETURN(std::shared_ptr<const Kernel> kernel,
                           session.preparation().kernel_by(node, profile, fallback, isa));
  return NodeRunner(session, node, std::move(kernel));
}

NodeRunner::NodeRunner(const Session& session, NodeId node, std::shared_ptr<const Kernel> kernel)
    : kernel_(std::move(kernel)), pool_(std::make_unique<ThreadPool>(1)) {
  const TensorTable& tensors = session.preparation().tensors();
  const auto own = [&](const TensorSpec& spec) {
    memory_.push_back(std::make_unique<Blob>(spec.bytes()));
    return MutableTensorView{&spec, memory_.back()->mutable_bytes()};
  };
  const Node& n = session.model().node(node);
  for (const int t : n.outputs) {
    outputs_.push_back(own(tensors.spec(t)));
    read_outputs_.push_back(read_only(outputs_.back()));
  }
  for (std::size_t k = 0; k < n.inputs.size(); ++k) {
    if (n.inputs[k] < 0 || !session.graph().tensor(n.inputs[k]).variable) continue;
    state_.push_back(own(tensors.spec(n.inputs[k])));
    state_inputs_.push_back(k);
  }
  scratch_ = std::make_unique<Scratch>(kernel_->scratch_bytes());
}

RunContext NodeRunner::context(std::span<const TensorView> inputs) {
  for (std::size_t k = 0; k < state_.size(); ++k) {
    const Bytes value = inputs[state_inputs_[k]].bytes;
    std::copy(value.begin(), value.end(), state_[k].bytes.begin());
  }
  return {inputs, outputs_, state_, scratch_->bytes(), pool_.get(), nullptr};
}

Result<std::span<const TensorView>> NodeRunner::run(std::span<const TensorView> inputs) {
  NPUTWIN_RETURN_IF_ERROR(run_kernel(*kernel_, context(inputs)));
  return std::span<const TensorView>(read_outputs_);
}

}  // namespace nputwin
