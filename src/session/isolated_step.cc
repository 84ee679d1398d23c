#include "session/isolated_step.h"

#include <array>

#include "mac/mac_kernel.h"

namespace nputwin {
namespace {

const MacKernel* mac_kernel(const Session& session, NodeId node) {
  const Kernel* kernel = session.kernel(node);
  return kernel == nullptr ? nullptr : mac_kernel_of(*kernel);
}

}  // namespace

IsolatedStep::IsolatedStep(Session& a, Session& b) : a_(&a), b_(&b) {
  for (std::size_t node = 0; node < a.graph().nodes.size(); ++node) {
    const MacKernel *of_a = mac_kernel(a, node), *of_b = mac_kernel(b, node);
    const bool same = of_a != nullptr && of_b != nullptr && of_a->layer() == of_b->layer();
    epilogue_of_b_.push_back(same ? &of_b->epilogue() : nullptr);
  }
}

Status IsolatedStep::run(NodeId node, std::span<const MutableTensorView> from_b) {
  if (!shares_sums(node)) {
    // First: a step of A changes the variables that it reads.
    NPUTWIN_RETURN_IF_ERROR(b_->run_node(node, a_->node_inputs(node), from_b));
    return a_->step(node);
  }
  const MacKernel& kernel = *mac_kernel(*a_, node);
  const RunContext context = a_->context(node);
  const std::array epilogues{&kernel.epilogue(), epilogue_of_b_[node.index]};
  const std::array outputs{context.outputs[0], from_b[0]};
  kernel.run(context, epilogues, outputs);  // sums of products allow every value
  return {};
}

}  // namespace nputwin
