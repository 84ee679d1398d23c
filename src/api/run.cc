#include "api/run.h"

#include <map>

#include "api/part.h"
#include "base/hash.h"
#include "io/tflite/reader.h"
#include "sides/side.h"

namespace nputwin::api {
namespace {

Tensor copy_of(const TensorView& view) { return {*view.spec, {view.bytes.begin(), view.bytes.end()}}; }

/// Keeps what was asked for as ops finish.
class Collector final : public Observer {
 public:
  Collector(const Graph& graph, const RunOptions& options, const Callbacks& callbacks)
      : graph_(graph), options_(options), callbacks_(callbacks) {}

  void on_node(NodeId node, std::span<const TensorView> outputs) override {
    const auto& indices = graph_.nodes[node.index].outputs;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (options_.hashes) result.hashes.emplace_back(indices[k], tensor_hash(outputs[k].bytes));
      if (options_.all_tensors) keep(outputs[k], indices[k]);
    }
    callbacks_.at(node.index + 1, graph_.nodes.size());
  }

  void keep(const TensorView& view, int index) {
    std::string name = view.spec->name.empty() ? fmt::format("tensor_{}", index) : view.spec->name;
    if (const auto found = owner_.find(name); found != owner_.end() && found->second != index)
      name += fmt::format("#{}", index);
    owner_[name] = index;
    result.tensors[name] = copy_of(view);
  }

  RunResult result;

 private:
  const Graph& graph_;
  const RunOptions& options_;
  const Callbacks& callbacks_;
  std::map<std::string, int> owner_;  // the tensor that has a name
};

}  // namespace

Result<RunResult> run(const RunOptions& options, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.model));
  NPUTWIN_ASSIGN_OR_RETURN(Session session,
                           prepare_part(model, options.profile, options.session, options.until, callbacks));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, session_input(session, options.inputs));
  NPUTWIN_RETURN_IF_ERROR(session.set_inputs(sample));
  Collector collector(session.graph(), options, callbacks);
  NPUTWIN_RETURN_IF_ERROR(session.run(&collector));
  for (std::size_t k = 0; k < session.graph().outputs.size(); ++k) {
    collector.result.outputs.push_back(copy_of(session.output(k)));
    collector.keep(session.output(k), session.graph().outputs[k]);
  }
  collector.result.profile = session.profile().name;
  collector.result.not_run = session.graph().not_run;
  return std::move(collector.result);
}

}  // namespace nputwin::api
