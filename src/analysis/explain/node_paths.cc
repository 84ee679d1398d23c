#include "analysis/explain/node_paths.h"

#include "profile/profile.h"

namespace nputwin {
namespace {

/// Whether two give the same for all inputs; false says nothing.
bool same(const NodePath::Arithmetic& x, const NodePath::Arithmetic& y) {
  if (!x || !y) return false;
  if (x->epilogue != nullptr && y->epilogue != nullptr) return *x->epilogue == *y->epilogue;
  return x->kernel != nullptr && y->kernel != nullptr && x->kernel->same_as(*y->kernel);
}

std::size_t kernels_in(const NodePath& path) {
  std::size_t kernels = 0;
  const auto add = [&](const NodePath::Arithmetic& a) { kernels += a && a->kernel != nullptr ? 1 : 0; };
  for (const auto* arithmetic : {&path.start, &path.up, &path.down}) add(*arithmetic);
  for (const NodePath::Step& step : path.steps) add(step.after);
  return kernels;
}

}  // namespace

const MacKernel* NodeArithmetic::summing(const Kernel* of_b) const {
  const Kernel* adds_up = kernel != nullptr ? kernel.get() : of_b;
  return adds_up == nullptr ? nullptr : mac_kernel_of(*adds_up);
}

const NodePaths::Between& NodePaths::between(NodeId node) {
  const Placement::Rules &a = a_->preparation().rules(node), &b = b_->preparation().rules(node);
  std::unique_ptr<const Between>& between = between_[{a.profile, a.fallback, b.profile, b.fallback}];
  if (between != nullptr) return *between;
  const auto fallback_of = [](const Placement::Rules& rules) -> const Profile& {
    return rules.fallback != nullptr ? *rules.fallback : *rules.profile;
  };
  between = std::make_unique<const Between>(Between{
      profile_path(*a.profile, *b.profile),
      profile_path(fallback_of(a), fallback_of(b)).start,
      exact_profile(*b.profile, true),
      exact_profile(*b.profile, false),
  });
  return *between;
}

NodePath::Arithmetic NodePaths::arithmetic(NodeId node, const Profile& profile, const Profile* fallback) const {
  const Preparation& preparation = b_->preparation();
  const bool delegated = preparation.rules(node).fallback != nullptr;
  auto made = preparation.kernel_by(node, profile, delegated ? fallback : nullptr, preparation.options().isa);
  if (!made) return std::nullopt;
  const std::shared_ptr<const Kernel> kernel = std::move(*made);
  const MacKernel* mac = mac_kernel_of(*kernel);
  const Kernel* own = b_->kernel(node);
  const MacKernel* mac_of_b = own == nullptr ? nullptr : mac_kernel_of(*own);
  // Only what makes codes is kept where the sums are those of B's own kernel.
  if (mac != nullptr && mac_of_b != nullptr && mac->layer() == mac_of_b->layer())
    return NodeArithmetic{nullptr, std::make_shared<const Epilogue>(mac->epilogue())};
  return NodeArithmetic{kernel, nullptr};
}

std::shared_ptr<const NodePath> NodePaths::make(NodeId node) {
  const Between& rules = between(node);
  const Profile* fallback = b_->preparation().rules(node).fallback;
  auto path = std::make_shared<NodePath>();
  // Where B falls back, its fallback profile's rules are taken all at once: the first step has B's.
  path->start = arithmetic(node, rules.path.start, &rules.fallback_start);
  const NodePath::Arithmetic* before = &path->start;  // not refused
  path->steps.reserve(rules.path.steps.size());
  for (const auto& [cause, after] : rules.path.steps) {
    NodePath::Step& step = path->steps.emplace_back(NodePath::Step{cause, arithmetic(node, after, fallback)});
    if (cause == Cause::kSecondRounding) {
      const bool is_first = path->steps.size() == 1;
      const auto& left = is_first ? path->start : path->steps[path->steps.size() - 2].after;
      const bool falls_back = is_first && fallback != nullptr;
      step.roundings = {falls_back ? arithmetic(node, rules.path.start, fallback) : left, step.after};
    }
    step.changes = !same(*before, step.after);
    if (step.after && !step.changes) step.after = *before;  // one kernel serves both
    if (step.after) before = &step.after;
  }
  path->up = arithmetic(node, rules.up, &rules.up);
  path->down = arithmetic(node, rules.down, &rules.down);
  return path;
}

std::shared_ptr<const NodePath> NodePaths::of(NodeId node) {
  const std::lock_guard one_at_a_time(mutex_);
  if (const auto found = paths_.find(node.index); found != paths_.end()) return found->second;
  auto path = make(node);
  const std::size_t kernels = kernels_in(*path);
  if (kernels_ + kernels > kMostKernels) return path;
  kernels_ += kernels;
  return paths_[node.index] = std::move(path);
}

}  // namespace nputwin
