#include "api/on_cpu.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "sides/side.h"

namespace nputwin::api {
namespace {

bool meets(const Condition& condition, const DifferenceStats& stats) {
  const auto value = figure_of(condition.metric(), stats);  // nothing: it has no values
  return !value || (!std::isnan(*value) && condition.holds(*value));
}

}  // namespace

Result<OutputLimit> OutputLimit::parse(const std::string& text, const Graph& graph) {
  NPUTWIN_ASSIGN_OR_RETURN(Condition condition, Condition::parse(text));
  using Of = Condition::Scope::Of;
  const Condition::Scope& scope = condition.scope();
  if (scope.isolated || scope.of == Of::kLayer)
    return error("'{}': expected a limit of the model's outputs, such as 'mismatch<=1%' or 'output:NAME:sqnr>=30'",
                 text);
  if (range_of(condition.metric()).is_of_rows)
    return error("'{}': {} is not measured here; expected another figure, such as mismatch or sqnr", text,
                 name(condition.metric()));
  OutputLimit limit(std::move(condition));
  if (scope.of == Of::kOutput) {
    for (std::size_t k = 0; k < graph.outputs.size(); ++k) {
      if (graph.outputs[k] >= 0 && graph.spec(graph.outputs[k]).name == limit.condition_.scope().which)
        limit.output_ = k;
    }
    if (!limit.output_) return error("'{}': the model has no output of that name", text);
  }
  for (std::size_t k = 0; k < graph.outputs.size(); ++k) {
    if (graph.outputs[k] < 0 || (limit.output_ && *limit.output_ != k)) continue;
    const TensorSpec& output = graph.spec(graph.outputs[k]);
    const TensorSpec one{output.name, output.type, {1}, {}};
    const std::vector<std::byte> value(size_of(output.type), std::byte{1});
    DifferenceStats equal;
    equal.add({&one, value}, {&one, value}, 0);
    if (!figure_of(limit.condition_.metric(), equal))
      return error("'{}': output '{}' is {}, which has no {}", text, output.name, name(output.type),
                   name(limit.condition_.metric()));
    if (!meets(limit.condition_, equal))
      return error("'{}': equal outputs do not meet it; expected what the outputs must keep, such as 'mismatch<=1%'",
                   text);
  }
  return limit;
}

bool OutputLimit::is_met(std::span<const DifferenceStats> outputs) const {
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    if ((!output_ || *output_ == k) && !meets(condition_, outputs[k])) return false;
  }
  return true;
}

std::vector<std::string> on_cpu_patterns(const Graph& graph, const std::vector<std::size_t>& nodes) {
  std::map<std::string, std::size_t> all, moved;
  for (const Node& node : graph.nodes) ++all[node.op];
  for (const std::size_t node : nodes) ++moved[graph.nodes[node].op];
  std::vector<std::string> patterns;
  for (const std::size_t node : nodes) {
    const std::string& op = graph.nodes[node].op;
    const std::string pattern = moved[op] == all[op] ? op : std::to_string(node);
    if (std::ranges::find(patterns, pattern) == patterns.end()) patterns.push_back(pattern);
  }
  return patterns;
}

std::string placement_of(const std::string& chip, const std::string& cpu) {
  return fmt::format("vx({})+{}", chip, cpu);
}

Result<OnCpu> search_on_cpu(const std::shared_ptr<const Model>& model, const std::string& chip, const std::string& cpu,
                            const OutputLimit& limit, const InputSet& inputs, const SessionOptions& options,
                            const Callbacks& callbacks) {
  SessionOptions of_cpu = options;
  of_cpu.on_cpu.clear();
  NPUTWIN_ASSIGN_OR_RETURN(Session own, session_of_side(cpu, model, of_cpu));
  NPUTWIN_ASSIGN_OR_RETURN(Session placed, session_of_side(placement_of(chip, cpu), model, options));
  const NearEnough near_enough = [&](std::span<const DifferenceStats> outputs) { return limit.is_met(outputs); };
  NPUTWIN_ASSIGN_OR_RETURN(OnCpu found, nputwin::search_on_cpu(own, placed, inputs, near_enough, callbacks));
  if (found.moved.nodes.empty()) return found;
  SessionOptions moved = options;
  for (std::string& pattern : on_cpu_patterns(model->main(), found.moved.nodes))
    moved.on_cpu.push_back(std::move(pattern));
  NPUTWIN_ASSIGN_OR_RETURN(Session as_moved, session_of_side(placement_of(chip, cpu), model, moved));
  DistanceSearch again(own, {NodeSessions(model->main().nodes.size(), &as_moved)}, true);
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    if (callbacks.stopped()) {
      found.stopped = true;
      return found;
    }
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(n));
    NPUTWIN_RETURN_IF_ERROR(again.add(sample, n));
  }
  const SideDistance& distance = again.result()[0];
  if (!distance.failed.empty()) return error("{}", distance.failed);
  found.moved.outputs = distance.outputs;
  if (!limit.is_met(found.moved.outputs))
    return error(
        "the ops that were found do not meet the limit as --on-cpu places them: this is a fault of nputwin, please "
        "report it");
  return found;
}

}  // namespace nputwin::api
