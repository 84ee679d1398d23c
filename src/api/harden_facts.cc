#include "api/harden_facts.h"

#include <algorithm>

#include "api/nearest.h"
#include "api/on_cpu.h"
#include "mac/mac_kernel.h"
#include "profile/variant.h"
#include "sides/side.h"

namespace nputwin::api {

std::string chip_of(const std::vector<std::string>& profiles) {
  for (const std::string& name : profiles) {
    const auto profile = resolve_profile(name);
    if (profile && !is_runtime(*profile)) return name;
  }
  return profiles[0];
}
std::string cpu_of(const std::vector<std::string>& profiles, const std::string& chip) {
  for (auto name = profiles.rbegin(); name != profiles.rend(); ++name) {
    const auto profile = resolve_profile(*name);
    if (*name != chip && profile && is_runtime(*profile)) return *name;
  }
  return profiles[0] == chip ? profiles[1] : profiles[0];
}

Result<Proof> prove_pair(const std::shared_ptr<const Model>& model, const std::string& a, const std::string& b,
                         const SessionOptions& options) {
  NPUTWIN_ASSIGN_OR_RETURN(Session in_a, session_of_side(a, model, options));
  NPUTWIN_ASSIGN_OR_RETURN(Session in_b, session_of_side(b, model, options));
  return nputwin::prove(in_a, in_b);
}

namespace {

std::vector<bool> claimed_nodes(const Model& model, const std::string& placement, const SessionOptions& options) {
  std::vector<bool> claimed(model.main().nodes.size(), false);
  const auto profile = resolve_profile(placement);
  const auto coverage = profile ? Session::coverage(model, *profile, options) : profile.error();
  if (!coverage) return claimed;
  for (const NodeCoverage& node : *coverage) {
    if (node.node.in_main()) claimed[node.node.index] = vx_release(node.delegate) != nullptr;
  }
  return claimed;
}

std::optional<ClaimedOps> claimed_ops(const HardenedModel& model, const SessionOptions& options) {
  const std::string chip = chip_of(model.profiles), cpu = cpu_of(model.profiles, chip);
  ClaimedOps claimed;
  claimed.placement = chip.starts_with("vx") ? chip : placement_of(chip, cpu);
  const auto before = claimed_nodes(*model.before, claimed.placement, options);
  const auto after = claimed_nodes(*model.after, claimed.placement, options);
  claimed.before = static_cast<std::size_t>(std::ranges::count(before, true));
  claimed.after = static_cast<std::size_t>(std::ranges::count(after, true));
  if (claimed.before == 0) return std::nullopt;
  std::map<int, bool> by_output;  // of the file's ops: whether it was claimed
  const auto& nodes = model.before->main().nodes;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    for (const int t : nodes[n].outputs) by_output[t] = before[n];
  }
  const auto& changed = model.after->main().nodes;
  for (std::size_t n = 0; n < changed.size(); ++n) {
    const auto was = changed[n].outputs.empty() ? by_output.end() : by_output.find(changed[n].outputs[0]);
    if (!after[n] && was != by_output.end() && was->second) claimed.lost.push_back(n);
  }
  return claimed;
}

Result<ModelSize> size_of_model(const std::shared_ptr<const Model>& model, std::size_t bytes,
                                const std::string& profile, const SessionOptions& options) {
  NPUTWIN_ASSIGN_OR_RETURN(const Session session, session_of_side(profile, model, options));
  ModelSize size{model->main().nodes.size(), 0, bytes};
  for (std::size_t n = 0; n < size.ops; ++n) {
    const Kernel* kernel = session.kernel(n);
    const MacKernel* mac = kernel == nullptr ? nullptr : mac_kernel_of(*kernel);
    if (mac != nullptr) size.products += mac->layer().products(session.node_outputs(n)[0].spec->elements());
  }
  return size;
}

/// The ops that the proofs leave, with what names them for --on-cpu.
void add_left(HardenedModel& model) {
  model.left = left_ops(model);
  std::vector<std::size_t> nodes;
  nodes.reserve(model.left.size());
  for (const LeftOp& op : model.left) nodes.push_back(op.node);
  const auto patterns = on_cpu_patterns(model.after->main(), nodes);
  for (LeftOp& op : model.left) {
    for (const std::string& pattern : patterns) {
      if (pattern == op.op || pattern == std::to_string(op.node)) op.on_cpu = pattern;
    }
  }
}

}  // namespace

Status prove_before_and_after(HardenedModel& model, const SessionOptions& options) {
  for (std::size_t i = 1; i < model.profiles.size(); ++i)
    model.pairs.push_back({model.profiles[0], model.profiles[i], {}, {}});
  std::vector<Result<Proof>> proofs(2 * model.pairs.size());
  SessionOptions alone = options;
  alone.threads = 1;
  const ThreadPool pool(options.threads);
  pool.parallel(static_cast<std::int64_t>(proofs.size()), [&](std::int64_t i, int) {
    const auto at = static_cast<std::size_t>(i);
    const auto& pair = model.pairs[at / 2];
    proofs[at] = prove_pair(at % 2 == 0 ? model.before : model.after, pair.a, pair.b, alone);
  });
  for (std::size_t i = 0; i < proofs.size(); ++i) {
    if (!proofs[i]) return proofs[i].error();
    (i % 2 == 0 ? model.pairs[i / 2].before : model.pairs[i / 2].after) = std::move(*proofs[i]);
  }
  return {};
}

Status add_facts(HardenedModel& model, std::size_t bytes_before, std::size_t bytes_after,
                 const SessionOptions& options) {
  add_left(model);
  model.claimed = claimed_ops(model, options);
  const std::string& any = model.profiles[0];
  NPUTWIN_ASSIGN_OR_RETURN(model.size_before, size_of_model(model.before, bytes_before, any, options));
  NPUTWIN_ASSIGN_OR_RETURN(model.size_after, size_of_model(model.after, bytes_after, any, options));
  return {};
}

}  // namespace nputwin::api
