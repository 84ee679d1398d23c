#include "graph/session.h"
#include "ops/copy_kernel.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "graph/memory_plan.h"
#include "graph/placement.h"

namespace nputwin {
namespace {

constexpr std::align_val_t kAlignment{64};

void free_arena(std::byte* memory) { ::operator delete[](memory, kAlignment); }

std::size_t index(int i) { return static_cast<std::size_t>(i); }

}  // namespace

/// Walks the nodes once: shapes, kernels, values that are known already. Then plans the memory.
class Session::Builder {
 public:
  Builder(const Model& model, Placement placement, const SessionOptions& options)
      : graph_(model.main()),
        placement_(std::move(placement)),
        options_(options),
        constant_(graph_.tensors.size()),
        shape_known_(graph_.tensors.size(), false) {
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

  /// Gives inputs the shapes that the options ask for, and checks that all have room.
  [[nodiscard]] Status set_input_shapes() {
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
        return error(
            "input '{}' has shape {}; {} does not replace it: as many dimensions, all above 0, are needed",
            name, to_string(spec.shape), to_string(shape));
      }
      spec.shape = shape;
    }
    for (const int t : graph_.inputs) NPUTWIN_RETURN_IF_ERROR(check_size("input", specs_[index(t)]));
    return {};
  }

  /// Whose rules hold for a node.
  [[nodiscard]] Placement::Rules rules_of(const OpDefinition& op, std::size_t node) const {
    return placement_.rules_of(graph_, specs_, node, family_of(op, graph_.nodes[node]));
  }

  /// The family of an op's rule, given the types that this node has.
  [[nodiscard]] Family family_of(const OpDefinition& op, const Node& node) const {
    constexpr Family kOfAllTypes[] = {Family::kMovement, Family::kDetection, Family::kQuantize,
                                      Family::kDequantize, Family::kResizeNearest};
    if (std::find(std::begin(kOfAllTypes), std::end(kOfAllTypes), op.family) != std::end(kOfAllTypes) ||
        node.outputs.empty())
      return op.family;
    DType type = specs_[index(node.outputs[0])].type;
    if (type == DType::kBool && !node.inputs.empty() && node.inputs[0] >= 0)
      type = specs_[index(node.inputs[0])].type;
    if (is_8bit(type)) return op.family;
    return type == DType::kInt16 ? Family::kInt16 : Family::kNumbers;
  }

  /// Everything about one node that can fail.
  [[nodiscard]] Status add_node(std::size_t n, PreparedNode& prepared) {
    const Node& node = graph_.nodes[n];
    const OpDefinition* op = find_op(node.op);
    if (op == nullptr) return error("{} is not supported", node.custom ? "this custom op" : "this op");
    NPUTWIN_RETURN_IF_ERROR(check_tensors(node));
    std::vector<InputSpec> inputs;
    for (const int t : node.inputs) {
      inputs.push_back(
          t < 0 ? InputSpec{}
                : InputSpec{&specs_[index(t)], constant_[index(t)], graph_.tensors[index(t)].variable});
    }
    std::vector<TensorSpec> outputs;
    for (const int t : node.outputs) outputs.push_back(specs_[index(t)]);
    std::vector<const TensorSpec*> intermediates;
    for (const int t : node.intermediates) intermediates.push_back(&specs_[index(t)]);
    PrepareContext context;
    context.attributes = &node.attributes, context.custom_options = node.custom_options;
    context.inputs = inputs, context.outputs = outputs, context.intermediates = intermediates;
    const Placement::Rules rules = rules_of(*op, n);
    const Family family = family_of(*op, node);
    if (rules.profile->evidence_of(family).confidence == Confidence::kUnknown) {
      return error(
          "what {} computes of {} is not known; a variant PROFILE{{substitute.{}=OTHER}} lets another stand "
          "in",
          rules.profile->name, name(family), name(family));
    }
    context.profile = rules.profile, context.fallback = rules.fallback, context.family = op->family;
    context.isa = options_.isa, context.threads = options_.threads;

    NPUTWIN_ASSIGN_OR_RETURN(const Shapes shapes, op->infer_shapes(context));
    if (shapes.size() != outputs.size())
      return error("expected {} outputs, got {}", shapes.size(), outputs.size());
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      outputs[k].shape = shapes[k];
      NPUTWIN_RETURN_IF_ERROR(check_size("output", outputs[k]));
    }
    const bool all_empty = !outputs.empty() && std::ranges::all_of(outputs, [](const TensorSpec& spec) {
      return spec.elements() == 0;
    });
    if (all_empty) {
      // Beside an empty dimension another may be of any size, and kernels keep lists as long as dimensions.
      prepared.kernel = std::make_unique<CopyKernel>(std::vector<CopyKernel::Part>{});
    } else {
      NPUTWIN_ASSIGN_OR_RETURN(prepared.kernel, op->prepare(context));
    }
    if (prepared.kernel->scratch_bytes() > options_.memory_limit)
      return error("needs {} bytes of scratch memory", prepared.kernel->scratch_bytes());
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      specs_[index(node.outputs[k])].shape = shapes[k];
      shape_known_[index(node.outputs[k])] = true;
    }
    return {};
  }

  /// Runs the node now, if all it needs is known.
  void fold(const Node& node, PreparedNode& prepared, const ThreadPool& pool,
            std::vector<std::unique_ptr<Blob>>& computed) {
    const bool needs_no_values = node.op == "SHAPE";
    const bool known = std::all_of(node.inputs.begin(), node.inputs.end(),
                                   [&](int t) { return t < 0 || constant_[index(t)]; });
    if (!known && !needs_no_values) return;
    std::vector<TensorView> inputs;
    for (const int t : node.inputs)
      inputs.push_back(t < 0 ? TensorView{}
                             : TensorView{&specs_[index(t)], constant_[index(t)].value_or(Bytes{})});
    std::vector<MutableTensorView> outputs;
    for (const int t : node.outputs) {
      computed.push_back(std::make_unique<Blob>(specs_[index(t)].bytes()));
      outputs.push_back({&specs_[index(t)], computed.back()->mutable_bytes()});
      constant_[index(t)] = computed.back()->bytes();
    }
    Blob scratch(prepared.kernel->scratch_bytes() + 64);
    const auto address = reinterpret_cast<std::uintptr_t>(scratch.mutable_bytes().data());
    prepared.kernel->run(
        {inputs, outputs, {}, scratch.mutable_bytes().subspan((64 - address % 64) % 64), &pool});
    prepared.kernel = nullptr;
  }

  [[nodiscard]] std::vector<TensorSpec>& specs() { return specs_; }
  [[nodiscard]] const std::optional<Bytes>& constant(std::size_t t) const { return constant_[t]; }

  /// False where an input comes from a node that could not be added.
  [[nodiscard]] bool inputs_known(const Node& node) const {
    return std::all_of(node.inputs.begin(), node.inputs.end(),
                       [&](int t) { return t < 0 || shape_known_[index(t)]; });
  }

 private:
  [[nodiscard]] Status check_size(std::string_view role, const TensorSpec& spec) const {
    const auto count = element_count(spec.shape);
    const auto bytes = count
                           ? checked_mul<std::int64_t>(*count, static_cast<std::int64_t>(size_of(spec.type)))
                           : std::nullopt;
    if (bytes && static_cast<std::uint64_t>(*bytes) <= options_.memory_limit) return {};
    return error("{} '{}' {} passes the memory limit of {} bytes", role, spec.name, to_string(spec.shape),
                 options_.memory_limit);
  }

  [[nodiscard]] Status check_tensors(const Node& node) const {
    for (const auto* list : {&node.inputs, &node.outputs}) {
      for (const int t : *list) {
        if (t < 0) continue;
        const ModelTensor& tensor = graph_.tensors[index(t)];
        if (!tensor.unsupported.empty())
          return error("tensor {} '{}' {}", t, tensor.spec.name, tensor.unsupported);
      }
    }
    return {};
  }

  const Graph& graph_;
  Placement placement_;
  const SessionOptions& options_;
  std::vector<TensorSpec> specs_;
  std::vector<std::optional<Bytes>> constant_;
  std::vector<bool> shape_known_;
};

Result<Session> Session::prepare(std::shared_ptr<const Model> model, Profile profile,
                                 const SessionOptions& options) {
  Session s;
  s.model_ = std::move(model);
  s.profile_ = std::move(profile);
  s.pool_ = std::make_unique<ThreadPool>(options.threads);
  const Graph& graph = s.graph();
  for (const int t : graph.inputs) {
    const ModelTensor& tensor = graph.tensors[index(t)];
    if (!tensor.unsupported.empty())
      return error("{}: graph input '{}' {}", s.model_->path, tensor.spec.name, tensor.unsupported);
  }
  NPUTWIN_ASSIGN_OR_RETURN(Placement placement, Placement::of(s.profile_, options.on_cpu));
  Builder builder(*s.model_, std::move(placement), options);
  if (auto status = builder.set_input_shapes(); !status) return at(s.model_->path, status.error());
  s.nodes_.resize(graph.nodes.size());
  std::size_t scratch = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (auto status = builder.add_node(i, s.nodes_[i]); !status) {
      return at(fmt::format("{}: {}", s.model_->path, node_name(i, graph.nodes[i])), status.error());
    }
    builder.fold(graph.nodes[i], s.nodes_[i], *s.pool_, s.computed_);
    if (s.nodes_[i].kernel) scratch = std::max(scratch, s.nodes_[i].kernel->scratch_bytes());
  }
  s.specs_ = builder.specs();

  const int steps = static_cast<int>(graph.nodes.size());
  std::vector<Allocation> lives(graph.tensors.size(), {0, steps, -1});
  const auto touch = [&](int t, int step) {
    if (t < 0 || builder.constant(index(t))) return;
    Allocation& life = lives[index(t)];
    life.bytes = s.specs_[index(t)].bytes() + Blob::kSlack;
    life.first = std::min(life.first, step), life.last = std::max(life.last, step);
  };
  for (const int t : graph.inputs) touch(t, -1);
  for (int i = 0; i < steps; ++i) {
    for (const int t : graph.nodes[index(i)].inputs) touch(t, i);
    for (const int t : graph.nodes[index(i)].outputs) touch(t, i);
  }
  for (const int t : graph.outputs) touch(t, steps);
  for (const int t : graph.inputs) touch(t, steps);  // a second run finds them again
  for (std::size_t t = 0; t < lives.size(); ++t) {
    if (graph.tensors[t].variable) lives[t].first = -1, lives[t].last = steps;
  }
  lives.push_back({scratch + Blob::kSlack, -1, steps});
  auto plan = plan_memory(lives, options.memory_limit);
  if (!plan) return at(s.model_->path, plan.error());

  s.arena_ = {new (kAlignment) std::byte[plan->bytes], free_arena};
  std::memset(s.arena_.get(), 0, plan->bytes);
  s.scratch_ = {s.arena_.get() + plan->offsets.back(), scratch};
  const auto own = [&](int t) {
    return MutableTensorView{&s.specs_[index(t)],
                             {s.arena_.get() + plan->offsets[index(t)], s.specs_[index(t)].bytes()}};
  };
  const auto view = [&](int t) {
    if (t < 0) return TensorView{};
    return builder.constant(index(t)) ? TensorView{&s.specs_[index(t)], *builder.constant(index(t))}
                                      : read_only(own(t));
  };
  for (const int t : graph.inputs) s.inputs_.push_back(own(t));
  for (const int t : graph.outputs) s.outputs_.push_back(view(t));
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    if (graph.tensors[t].variable && lives[t].bytes > 0)
      s.variables_.push_back({own(static_cast<int>(t)), graph.tensors[t].constant});
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    std::size_t state_bytes = 0;
    for (const int t : graph.nodes[i].inputs) {
      if (t >= 0 && graph.tensors[index(t)].variable) {
        s.nodes_[i].state.push_back(own(t)), s.nodes_[i].state_inputs.push_back(s.nodes_[i].inputs.size());
        state_bytes += s.specs_[index(t)].bytes();
      }
      s.nodes_[i].inputs.push_back(view(t));
    }
    s.saved_state_.resize(std::max(s.saved_state_.size(), state_bytes));
    for (const int t : graph.nodes[i].outputs) {
      s.nodes_[i].outputs.push_back(view(t));
      if (s.nodes_[i].kernel) s.nodes_[i].mutable_outputs.push_back(own(t));
    }
  }
  s.reset_state();
  return s;
}

Result<std::vector<NodeCoverage>> Session::coverage(const Model& model, const Profile& profile,
                                                    const SessionOptions& options) {
  const ThreadPool pool(1);
  NPUTWIN_ASSIGN_OR_RETURN(Placement placement, Placement::of(profile, options.on_cpu));
  Builder builder(model, std::move(placement), options);
  if (auto status = builder.set_input_shapes(); !status) return at(model.path, status.error());
  std::vector<NodeCoverage> result;
  std::vector<std::unique_ptr<Blob>> computed;
  const Graph& graph = model.main();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    NodeCoverage& covered = result.emplace_back();
    covered.node = i;
    const OpDefinition* op = find_op(node.op);
    if (op != nullptr && !builder.inputs_known(node)) {
      covered.unreached = true;
      continue;
    }
    PreparedNode prepared;
    if (op != nullptr) {  // before the node is added: delegates see the shapes that were known then
      const auto rules = builder.rules_of(*op, i);
      covered.profile = rules.profile->name, covered.left = rules.left, covered.substitute = rules.substitute;
      covered.delegate = rules.profile->delegate;
      covered.evidence = rules.profile->evidence_of(builder.family_of(*op, node));
    }
    if (auto status = builder.add_node(i, prepared); !status) {
      covered.unsupported = status.error().message;
      continue;
    }
    for (const int t : node.outputs) covered.shapes.push_back(builder.specs()[index(t)].shape);
    builder.fold(node, prepared, pool, computed);
  }
  return result;
}

const TensorSpec& Session::input_spec(std::size_t k) const { return *inputs_[k].spec; }

Status Session::set_input(std::size_t k, const TensorView& values) {
  const TensorSpec& spec = input_spec(k);
  if (values.spec->type != spec.type) {
    return error("input '{}' takes {}, got {}", spec.name, name(spec.type), name(values.spec->type));
  }
  if (values.bytes.size() != inputs_[k].bytes.size()) {
    return error("input '{}' takes shape {}, got {}", spec.name, to_string(spec.shape),
                 to_string(values.spec->shape));
  }
  std::copy(values.bytes.begin(), values.bytes.end(), inputs_[k].bytes.begin());
  return {};
}

Status Session::set_inputs(std::span<const Tensor> values) {
  if (values.size() != inputs_.size())
    return error("the model has {} inputs, got {}", inputs_.size(), values.size());
  for (std::size_t k = 0; k < values.size(); ++k) NPUTWIN_RETURN_IF_ERROR(set_input(k, values[k].view()));
  return {};
}

void Session::run(Observer* observer) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    step(i);
    if (observer != nullptr) observer->on_node(i, nodes_[i].outputs);
  }
}

void Session::reset_state() {
  for (const Variable& v : variables_) {
    if (v.first) {
      std::copy(v.first->begin(), v.first->end(), v.view.bytes.begin());
    } else {
      // TFLite fills an int8 variable with its zero point, any other with zero bytes (ResetVariableTensor).
      const bool codes = v.view.spec->type == DType::kInt8 && v.view.spec->quantization.per_tensor();
      std::fill(v.view.bytes.begin(), v.view.bytes.end(),
                static_cast<std::byte>(codes ? v.view.spec->zero_point() : 0));
    }
  }
}

void Session::step(std::size_t node) {
  const PreparedNode& n = nodes_[node];
  if (n.kernel) n.kernel->run({n.inputs, n.mutable_outputs, n.state, scratch_, pool_.get()});
}

void Session::run_node(std::size_t node, std::span<const TensorView> inputs,
                       std::span<const MutableTensorView> outputs) {
  const PreparedNode& n = nodes_[node];
  if (n.kernel && n.state.empty()) {
    n.kernel->run({inputs, outputs, {}, scratch_, pool_.get()});
    return;
  }
  if (n.kernel) {
    std::byte* saved = saved_state_.data();
    for (std::size_t k = 0; k < n.state.size(); ++k) {
      const auto own = n.state[k].bytes;
      saved = std::copy(own.begin(), own.end(), saved);
      std::copy_n(inputs[n.state_inputs[k]].bytes.begin(), own.size(), own.begin());
    }
    n.kernel->run({inputs, outputs, n.state, scratch_, pool_.get()});
    saved = saved_state_.data();
    for (const auto& own : n.state) {
      std::copy_n(saved, own.bytes.size(), own.bytes.begin());
      saved += own.bytes.size();
    }
    return;
  }
  for (std::size_t k = 0; k < outputs.size(); ++k)
    std::copy(n.outputs[k].bytes.begin(), n.outputs[k].bytes.end(), outputs[k].bytes.begin());
}

std::span<const TensorView> Session::node_inputs(std::size_t node) const { return nodes_[node].inputs; }
std::span<const TensorView> Session::node_outputs(std::size_t node) const { return nodes_[node].outputs; }
TensorView Session::output(std::size_t k) const { return outputs_[k]; }

}  // namespace nputwin
