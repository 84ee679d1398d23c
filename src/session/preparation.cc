#include "session/preparation.h"

#include <algorithm>

#include "base/checked.h"
#include "ops/move/copy_kernel.h"
#include "profile/families/families.h"
#include "profile/profile.h"

namespace nputwin {

Preparation::Preparation(const Model& model, Placement placement, const SessionOptions& options)
    : graph_(model.main()),
      placement_(std::move(placement)),
      options_(options),
      constant_(graph_.tensors.size()),
      shape_known_(graph_.tensors.size(), false),
      rules_(graph_.nodes.size()) {
  for (std::size_t t = 0; t < graph_.tensors.size(); ++t) {
    specs_.push_back(graph_.tensors[t].spec);
    if (!graph_.tensors[t].variable) constant_[t] = graph_.tensors[t].constant;
    shape_known_[t] = constant_[t].has_value() || graph_.tensors[t].variable;
  }
  for (const int t : graph_.inputs) {
    shape_known_[index(t)] = true;
    for (auto& d : specs_[index(t)].shape) d = std::max(d, 1);
  }
}

Status Preparation::set_input_shapes() {
  for (const auto& [name, shape] : options_.input_shapes) {
    const auto input = std::find_if(graph_.inputs.begin(), graph_.inputs.end(),
                                    [&, &wanted = name](int t) { return specs_[index(t)].name == wanted; });
    if (input == graph_.inputs.end()) {
      std::string names;
      for (const int t : graph_.inputs) names += fmt::format(" '{}'", specs_[index(t)].name);
      return error("no input is named '{}'; inputs:{}", name, names);
    }
    TensorSpec& spec = specs_[index(*input)];
    const auto count = element_count(shape);
    if (shape.size() != spec.shape.size() || !count || *count < 1) {
      return error("input '{}' has shape {}; {} does not replace it: as many dimensions, all above 0, are needed", name,
                   to_string(spec.shape), to_string(shape));
    }
    spec.shape = shape;
  }
  for (const int t : graph_.inputs) NPUTWIN_RETURN_IF_ERROR(check_size("input", specs_[index(t)]));
  return {};
}

Placement::Rules Preparation::rules_of(const OpDefinition& op, std::size_t node) const {
  return placement_.rules_of(graph_, specs_, node, node_family(op, graph_.nodes[node]));
}

Family Preparation::node_family(const OpDefinition& op, const Node& node) const {
  if (facts_of(op.family).of_all_types || node.outputs.empty()) return op.family;
  DType type = specs_[index(node.outputs[0])].type;
  if (type == DType::kBool && !node.inputs.empty() && node.inputs[0] >= 0) type = specs_[index(node.inputs[0])].type;
  if (is_8bit(type)) return op.family;
  return type == DType::kInt16 ? Family::kInt16 : Family::kNumbers;
}

/// A node's kernel and output shapes by one profile's rules.
Result<Preparation::Prepared> Preparation::prepare(const OpDefinition& op, const Node& node, const Profile& profile,
                                                   const Profile* fallback, const Isa& isa) const {
  std::vector<InputSpec> inputs;
  inputs.reserve(node.inputs.size());
  for (const int t : node.inputs) {
    inputs.push_back(t < 0 ? InputSpec{}
                           : InputSpec{&specs_[index(t)], constant_[index(t)], graph_.tensors[index(t)].variable});
  }
  std::vector<TensorSpec> outputs;
  outputs.reserve(node.outputs.size());
  for (const int t : node.outputs) outputs.push_back(specs_[index(t)]);
  std::vector<const TensorSpec*> intermediates;
  intermediates.reserve(node.intermediates.size());
  for (const int t : node.intermediates) intermediates.push_back(&specs_[index(t)]);
  PrepareContext context;
  context.attributes = &node.attributes, context.custom_options = node.custom_options;
  context.inputs = inputs, context.outputs = outputs, context.intermediates = intermediates;
  const Family family = node_family(op, node);
  if (profile.evidence_of(family).confidence == Confidence::kUnknown) {
    return error(
        "what {} computes of {} is not known; a variant PROFILE{{substitute.{}=OTHER}} lets another stand "
        "in",
        profile.name, name(family), name(family));
  }
  context.profile = &profile, context.fallback = fallback, context.op_family = op.family;
  context.isa = isa, context.threads = options_.threads;

  Prepared prepared;
  NPUTWIN_ASSIGN_OR_RETURN(prepared.shapes, op.infer_shapes(context));
  if (prepared.shapes.size() != outputs.size())
    return error("expected {} outputs, got {}", prepared.shapes.size(), outputs.size());
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    outputs[k].shape = prepared.shapes[k];
    NPUTWIN_RETURN_IF_ERROR(check_size("output", outputs[k]));
  }
  const bool all_empty =
      !outputs.empty() && std::ranges::all_of(outputs, [](const TensorSpec& spec) { return spec.elements() == 0; });
  if (all_empty) {
    // Beside an empty dimension another may be of any size, and kernels keep lists as long as dimensions.
    prepared.kernel = std::make_unique<CopyKernel>(std::vector<CopyKernel::Part>{});
  } else {
    NPUTWIN_ASSIGN_OR_RETURN(prepared.kernel, op.prepare(context));
  }
  if (prepared.kernel->scratch_bytes() > options_.memory_limit)
    return error("needs {} bytes of scratch memory", prepared.kernel->scratch_bytes());
  return prepared;
}

Result<std::unique_ptr<Kernel>> Preparation::add_node(std::size_t n) {
  const Node& node = graph_.nodes[n];
  const OpDefinition* op = find_op(node.op);
  if (op == nullptr) return error("{} is not supported", node.custom ? "this custom op" : "this op");
  NPUTWIN_RETURN_IF_ERROR(check_tensors(node));
  const Placement::Rules& rules = rules_[n] = rules_of(*op, n);
  NPUTWIN_ASSIGN_OR_RETURN(Prepared prepared, prepare(*op, node, *rules.profile, rules.fallback, options_.isa));
  for (std::size_t k = 0; k < node.outputs.size(); ++k) {
    specs_[index(node.outputs[k])].shape = prepared.shapes[k];
    shape_known_[index(node.outputs[k])] = true;
  }
  return std::move(prepared.kernel);
}

Result<std::unique_ptr<Kernel>> Preparation::kernel_by(std::size_t n, const Profile& profile, const Profile* fallback,
                                                       const Isa& isa) const {
  const Node& node = graph_.nodes[n];
  NPUTWIN_ASSIGN_OR_RETURN(Prepared prepared, prepare(*find_op(node.op), node, profile, fallback, isa));
  return std::move(prepared.kernel);
}

void Preparation::fold(const Node& node, std::unique_ptr<Kernel>& kernel, const ThreadPool& pool) {
  const bool known =
      std::all_of(node.inputs.begin(), node.inputs.end(), [&](int t) { return t < 0 || constant_[index(t)]; });
  if (!known && !find_op(node.op)->needs_no_values) return;
  std::vector<TensorView> inputs;
  inputs.reserve(node.inputs.size());
  for (const int t : node.inputs)
    inputs.push_back(t < 0 ? TensorView{} : TensorView{&specs_[index(t)], constant_[index(t)].value_or(Bytes{})});
  std::vector<MutableTensorView> outputs;
  for (const int t : node.outputs) {
    computed_.push_back(std::make_unique<Blob>(specs_[index(t)].bytes()));
    outputs.push_back({&specs_[index(t)], computed_.back()->mutable_bytes()});
    constant_[index(t)] = computed_.back()->bytes();
  }
  Blob scratch(kernel->scratch_bytes() + 64);
  const auto address = reinterpret_cast<std::uintptr_t>(scratch.mutable_bytes().data());
  kernel->run({inputs, outputs, {}, scratch.mutable_bytes().subspan((64 - address % 64) % 64), &pool});
  kernel = nullptr;
}

bool Preparation::inputs_known(const Node& node) const {
  return std::all_of(node.inputs.begin(), node.inputs.end(), [&](int t) { return t < 0 || shape_known_[index(t)]; });
}

Status Preparation::check_size(std::string_view role, const TensorSpec& spec) const {
  const auto count = element_count(spec.shape);
  const auto bytes =
      count ? checked_mul<std::int64_t>(*count, static_cast<std::int64_t>(size_of(spec.type))) : std::nullopt;
  if (bytes && static_cast<std::uint64_t>(*bytes) <= options_.memory_limit) return {};
  return error("{} '{}' {} passes the memory limit of {} bytes", role, spec.name, to_string(spec.shape),
               options_.memory_limit);
}

Status Preparation::check_tensors(const Node& node) const {
  for (const auto* list : {&node.inputs, &node.outputs}) {
    for (const int t : *list) {
      if (t < 0) continue;
      const ModelTensor& tensor = graph_.tensors[index(t)];
      if (!tensor.unsupported.empty()) return error("tensor {} '{}' {}", t, tensor.spec.name, tensor.unsupported);
    }
  }
  return {};
}

}  // namespace nputwin
