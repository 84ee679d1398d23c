#include "session/preparation.h"

#include <algorithm>

#include "profile/families/families.h"
#include "profile/profile.h"
#include "session/late_kernel.h"
#include "session/shared_parts.h"

namespace nputwin {

Result<std::unique_ptr<Preparation>> Preparation::of(const Model& model, const Profile& profile,
                                                     const SessionOptions& options) {
  NPUTWIN_ASSIGN_OR_RETURN(Placement placement, Placement::of(profile, options.on_cpu));
  NPUTWIN_RETURN_IF_ERROR(check_on_cpu(model, options.on_cpu));
  std::unique_ptr<Preparation> preparation(new Preparation(model, {}, std::move(placement), options));
  preparation->nesting_.budget = std::make_shared<Nesting::Budget>();
  preparation->nesting_.budget->bytes = options.memory_limit;
  auto status = preparation->tensors_.set_input_shapes(options.input_shapes, options.memory_limit);
  if (!status) return in_context(model.path, status.error());
  return preparation;
}

Result<std::unique_ptr<Preparation>> Preparation::of_subgraph(const Model& model, int subgraph,
                                                              std::span<const Shape> shapes, const Profile& profile,
                                                              const SessionOptions& options, Nesting nesting) {
  // Ops that --on-cpu names by number are the main graph's.
  std::vector<std::string> on_cpu = options.on_cpu;
  std::erase_if(on_cpu, [](const std::string& pattern) {
    return std::ranges::all_of(pattern, [](char c) { return c >= '0' && c <= '9'; });
  });
  NPUTWIN_ASSIGN_OR_RETURN(Placement placement, Placement::of(profile, std::move(on_cpu)));
  nesting.graphs.push_back(subgraph);
  std::unique_ptr<Preparation> preparation(new Preparation(model, std::move(nesting), std::move(placement), options));
  NPUTWIN_RETURN_IF_ERROR(preparation->tensors_.set_input_shapes(shapes, options.memory_limit));
  return preparation;
}

Preparation::Preparation(const Model& model, Nesting nesting, Placement placement, const SessionOptions& options)
    : model_(model),
      nesting_(std::move(nesting)),
      placement_(std::move(placement)),
      options_(options),
      tensors_(model.graph(nesting_.graphs.back())),
      rules_(tensors_.graph().nodes.size()) {
  if (!options_.parts) options_.parts = std::make_shared<SharedParts>();
}

Status Preparation::add_nodes(const ThreadPool& pool, const Visit& visit) {
  const std::vector<Node>& nodes = tensors_.graph().nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    AddedNode added = add_node(i);
    if (added.kernel && *added.kernel && tensors_.can_fold(nodes[i])) {
      const Status folded = tensors_.fold(nodes[i], **added.kernel, pool);
      added.kernel = folded ? Result<std::unique_ptr<Kernel>>(nullptr) : folded.error();
    }
    NPUTWIN_RETURN_IF_ERROR(visit(i, std::move(added)));
  }
  return {};
}

Preparation::AddedNode Preparation::add_node(std::size_t n) {
  const Node& node = tensors_.graph().nodes[n];
  if (node.left_out) return {true, std::unique_ptr<Kernel>()};
  if (Status starts = placement_.starts_with(tensors_.graph(), node); !starts) return {true, starts.error()};
  const OpDefinition* op = find_op(node.op);
  if (op == nullptr) return {true, error("{} is not supported", node.custom ? "this custom op" : "this op")};
  if (!tensors_.inputs_known(node)) return {false, error("one of its inputs comes from an op that cannot run")};
  rules_[n] = placement_.rules_of(tensors_.graph(), tensors_.specs(), n, node_family(*op, node));
  const Profile& first = placement_.profile();
  const bool claimed = rules_[n].profile == &first;
  if (Status runs = delegate_runs(first, tensors_.graph(), tensors_.specs(), node, claimed); !runs)
    return {true, runs.error()};
  return {true, add_kernel(*op, n)};
}

Result<std::unique_ptr<Kernel>> Preparation::add_kernel(const OpDefinition& op, std::size_t n) {
  const Node& node = tensors_.graph().nodes[n];
  NPUTWIN_RETURN_IF_ERROR(tensors_.check_supported(node));
  if (is_control_flow(node.op)) return add_control_flow(n);
  const Placement::Rules& rules = rules_[n];
  NPUTWIN_ASSIGN_OR_RETURN(Prepared prepared, prepare(op, node, *rules.profile, rules.fallback, options_.isa));
  if (prepared.rejected) {
    const bool is_first = rules.profile == &placement_.profile();
    rules_[n] = {rules.fallback, nullptr, false,
                 is_first ? "its types or scales are beyond XNNPACK's" : rules.rejection};
  }
  if (!prepared.caution.empty()) cautions_[n] = std::move(prepared.caution);
  tensors_.set_output_shapes(node, prepared.shapes);
  return std::move(prepared.kernel);
}

Result<std::unique_ptr<Kernel>> Preparation::add_control_flow(std::size_t n) {
  const Node& node = tensors_.graph().nodes[n];
  const NodeTensors tensors(node, tensors_);
  NPUTWIN_ASSIGN_OR_RETURN(
      ControlFlow made, prepare_control_flow(model_, node, tensors.view(), placement_.profile(), options_, nesting_));
  tensors_.set_output_shapes(node, made.shapes);
  if (made.evidence) inside_[n] = std::move(*made.evidence);
  return std::move(made.kernel);
}

Evidence Preparation::evidence_of(std::size_t n) const {
  if (const auto inside = inside_.find(n); inside != inside_.end()) return inside->second;
  const Node& node = tensors_.graph().nodes[n];
  return rules_[n].profile->evidence_of(node_family(*find_op(node.op), node));
}

Family Preparation::node_family(const OpDefinition& op, const Node& node) const {
  if (facts_of(op.family).of_all_types || node.outputs.empty()) return op.family;
  DType type = tensors_.spec(node.outputs[0]).type;
  if (type == DType::kBool && !node.inputs.empty() && node.inputs[0] >= 0) type = tensors_.spec(node.inputs[0]).type;
  if (is_8bit(type)) return op.family;
  if (type == DType::kFloat32) return op.of_floats;
  return type == DType::kInt16 ? Family::kInt16 : Family::kNumbers;
}

/// A node's kernel and output shapes by one profile's rules.
Result<Preparation::Prepared> Preparation::prepare(const OpDefinition& op, const Node& node, const Profile& profile,
                                                   const Profile* fallback, const Isa& isa) const {
  const Family family = node_family(op, node);
  if (profile.evidence_of(family).confidence == Confidence::kUnknown) {
    return error("profile {0} does not define {1}. To borrow another profile's rule, write {0}{{substitute.{1}=OTHER}}",
                 profile.name, name(family));
  }
  NodeTensors tensors(node, tensors_);
  Prepared prepared;
  NPUTWIN_ASSIGN_OR_RETURN(prepared.shapes, tensors.infer_shapes(op, options_.memory_limit));
  const PrepareContext context{tensors.view(),
                               &profile,
                               fallback,
                               op.family,
                               isa,
                               options_.threads,
                               &prepared.rejected,
                               &prepared.caution,
                               &options_.parts->pairs,
                               &options_.parts->weights};
  if (!tensors.lacks_values()) {  // its shapes need none, its kernel may
    auto kernel = make_kernel(op, context, options_.memory_limit);
    if (!kernel && !tensors.lacks_values()) return kernel.error();
    if (kernel) prepared.kernel = std::move(*kernel);
  }
  if (!prepared.kernel) prepared.kernel = std::make_unique<LateKernel>(op, context, options_.memory_limit);
  return prepared;
}

Result<std::unique_ptr<Kernel>> Preparation::kernel_by(NodeId id, const Profile& profile, const Profile* fallback,
                                                       const Isa& isa) const {
  const Node& node = tensors_.graph().nodes[id.index];
  if (is_control_flow(node.op))
    return error("{}: the ops of its subgraphs have a rule each, so there is no one step that explains its values",
                 node_name(id, node));
  NPUTWIN_ASSIGN_OR_RETURN(Prepared prepared, prepare(*find_op(node.op), node, profile, fallback, isa));
  return std::move(prepared.kernel);
}

}  // namespace nputwin
