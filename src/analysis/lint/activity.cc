#include "analysis/lint/activity.h"

#include <algorithm>

#include "sides/side.h"

namespace nputwin::lint_rules {
namespace {

template <typename T>
void count_ends(const TensorView& view, Activity& activity) {
  const auto values = view.as<T>();
  const CodeRange range = code_range(view.spec->type);
  activity.elements += static_cast<std::int64_t>(values.size());
  activity.lowest += std::ranges::count(values, static_cast<T>(range.lo));
  activity.highest += std::ranges::count(values, static_cast<T>(range.hi));
}

/// `counts`: the sample is the user's, and where its values lie counts.
void watch(const TensorView& view, bool counts, Activity& activity) {
  if (counts && view.spec->type == DType::kInt8) count_ends<std::int8_t>(view, activity);
  if (counts && view.spec->type == DType::kUInt8) count_ends<std::uint8_t>(view, activity);
  if (counts && view.spec->type == DType::kInt16) count_ends<std::int16_t>(view, activity);
  activity.movement.add(view.bytes);
}

class Watcher final : public Observer {
 public:
  Watcher(bool counts, Context& context) : counts_(counts), context_(context) {}
  void on_node(NodeId node, std::span<const TensorView> outputs) override {
    if (!node.in_main()) return;
    const auto& tensors = context_.model.node(node).outputs;
    for (std::size_t k = 0; k < outputs.size(); ++k) watch(outputs[k], counts_, context_.active[tensors[k]]);
  }

 private:
  bool counts_;
  Context& context_;
};

Status add_samples(Session& session, const std::vector<InputArgument>& arguments, bool counts,
                   const Callbacks& callbacks, Context& context) {
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, session_inputs(session, arguments));
  Watcher watcher(counts, context);
  for (std::size_t n = 0; n < inputs.size() && !callbacks.stopped(); ++n) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(n));
    session.reset_state();
    NPUTWIN_RETURN_IF_ERROR(session.set_inputs(sample));
    for (std::size_t k = 0; k < sample.size(); ++k)
      watch(sample[k].view(), counts, context.active[session.graph().inputs[k]]);
    NPUTWIN_RETURN_IF_ERROR(session.run(&watcher));
    ++context.samples;
    callbacks.at(n + 1, inputs.size());
  }
  return {};
}

}  // namespace

Status watch_runs(const std::shared_ptr<const Model>& model, const LintOptions& options, const Callbacks& callbacks,
                  Context& context) {
  const Profile& profile = options.profiles.empty() ? builtin_profiles().front() : options.profiles.front();
  auto session = Session::prepare(model, profile, options.session);
  if (!session) {
    callbacks.say(fmt::format("nothing is run: {}", session.error().message));
    return {};
  }
  NPUTWIN_RETURN_IF_ERROR(add_samples(*session, options.inputs, true, callbacks, context));
  // Whether an output depends on the input shows with two.
  if (context.samples == 1) NPUTWIN_RETURN_IF_ERROR(add_samples(*session, {"noise:8191"}, false, callbacks, context));
  return {};
}

}  // namespace nputwin::lint_rules
