#include "session/isolated_step.h"

#include <algorithm>
#include <array>

#include "mac/mac_kernel.h"

namespace nputwin {
namespace {

const MacKernel* mac_kernel(const Session& session, NodeId node) {
  const Kernel* kernel = session.kernel(node);
  return kernel == nullptr ? nullptr : mac_kernel_of(*kernel);
}

}  // namespace

IsolatedStep::IsolatedStep(Session& a, Session& b) : a_(&a), b_(&b), differs_(a.graph().tensors.size()) {
  const std::vector<Node>& nodes = a.graph().nodes;
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    const MacKernel *of_a = mac_kernel(a, node), *of_b = mac_kernel(b, node);
    const bool same = of_a != nullptr && of_b != nullptr && of_a->layer() == of_b->layer();
    epilogue_of_b_.push_back(same ? &of_b->epilogue() : nullptr);
    const Kernel *kernel_a = a.kernel(node), *kernel_b = b.kernel(node);
    const bool has_state =
        std::ranges::any_of(nodes[node].inputs, [&](int t) { return t >= 0 && a.graph().tensor(t).variable; });
    same_kernel_.push_back(kernel_a != nullptr && kernel_b != nullptr && !has_state && kernel_a->same_as(*kernel_b));
  }
}

void IsolatedStep::copy_outputs(NodeId node, std::span<const MutableTensorView> from_b) const {
  const auto outputs = a_->node_outputs(node);
  for (std::size_t k = 0; k < outputs.size(); ++k) std::ranges::copy(outputs[k].bytes, from_b[k].bytes.begin());
}

void IsolatedStep::run_shared(NodeId node, std::span<const MutableTensorView> from_b) const {
  const MacKernel& kernel = *mac_kernel(*a_, node);
  const RunContext context = a_->context(node);
  const std::array epilogues{&kernel.epilogue(), epilogue_of_b_[node.index]};
  const std::array outputs{context.outputs[0], from_b[0]};
  kernel.run(context, epilogues, outputs);  // sums of products allow every value
}

Status IsolatedStep::run(NodeId node, std::span<const MutableTensorView> from_b) {
  if (same_kernel_[node.index]) {
    NPUTWIN_RETURN_IF_ERROR(a_->step(node));
    copy_outputs(node, from_b);
    return {};
  }
  if (!shares_sums(node)) {
    // First: a step of A changes the variables that it reads.
    NPUTWIN_RETURN_IF_ERROR(b_->run_node(node, a_->node_inputs(node), from_b));
    return a_->step(node);
  }
  run_shared(node, from_b);
  return {};
}

void IsolatedStep::begin() { differs_.assign(differs_.size(), false); }

bool IsolatedStep::inputs_are_equal(NodeId node) const {
  return std::ranges::none_of(a_->graph().nodes[node.index].inputs,
                              [&](int t) { return t >= 0 && differs_[static_cast<std::size_t>(t)]; });
}

Status IsolatedStep::step_both(NodeId node) {
  if (same_kernel_[node.index]) {
    NPUTWIN_RETURN_IF_ERROR(a_->step(node));
    copy_outputs(node, b_->context(node).outputs);
    return {};
  }
  if (!shares_sums(node)) {
    NPUTWIN_RETURN_IF_ERROR(b_->step(node));
    return a_->step(node);
  }
  run_shared(node, b_->context(node).outputs);
  return {};
}

void IsolatedStep::compare(NodeId node) {
  const Node& n = a_->graph().nodes[node.index];
  const auto see = [&](int t, const TensorView& a, const TensorView& b) {
    if (t >= 0) differs_[static_cast<std::size_t>(t)] = !std::ranges::equal(a.bytes, b.bytes);
  };
  for (std::size_t k = 0; k < n.outputs.size(); ++k)
    see(n.outputs[k], a_->node_outputs(node)[k], b_->node_outputs(node)[k]);
  for (std::size_t k = 0; k < n.inputs.size(); ++k) {
    if (n.inputs[k] >= 0 && a_->graph().tensor(n.inputs[k]).variable)
      see(n.inputs[k], a_->node_inputs(node)[k], b_->node_inputs(node)[k]);
  }
}

}  // namespace nputwin
