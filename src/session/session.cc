#include "session/session.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "base/checked.h"
#include "profile/profile.h"
#include "session/memory_plan.h"
#include "session/preparation.h"
#include "tensor/check_booleans.h"

namespace nputwin {
namespace {

constexpr std::size_t kAlignment = 64;

/// For each tensor, how much memory it needs in which steps; none where its value is known already. Step -1 is before
/// the first node, the step after the last one is the caller's.
std::vector<Allocation> lives_of(const TensorTable& tensors) {
  const Graph& graph = tensors.graph();
  const int steps = static_cast<int>(graph.nodes.size());
  std::vector<Allocation> lives(graph.tensors.size(), {0, steps, -1});
  const auto touch = [&](const std::vector<int>& list, int step) {
    for (const int t : list) {
      if (t < 0 || tensors.constant(t)) continue;
      Allocation& life = lives[index(t)];
      life.bytes = tensors.spec(t).bytes() + Blob::kSlack;
      life.first = std::min(life.first, step);
      life.last = std::max(life.last, step);
    }
  };
  touch(graph.inputs, -1);
  for (int i = 0; i < steps; ++i) {
    touch(graph.nodes[index(i)].inputs, i);
    touch(graph.nodes[index(i)].outputs, i);
  }
  touch(graph.outputs, steps);
  touch(graph.inputs, steps);  // a second run finds them again
  for (std::size_t t = 0; t < lives.size(); ++t) {
    if (!graph.tensors[t].variable) continue;
    lives[t].first = -1;
    lives[t].last = steps;
  }
  return lives;
}

/// Where tensors lie in an arena.
struct Layout {
  const TensorTable& tensors;
  const MemoryPlan& plan;
  std::byte* arena;

  [[nodiscard]] MutableTensorView own(int t) const {
    const TensorSpec& spec = tensors.spec(t);
    return {&spec, {arena + plan.offsets[index(t)], spec.bytes()}};
  }
  /// No view of an input that is left out.
  [[nodiscard]] TensorView view(int t) const {
    if (t < 0) return {};
    const auto& constant = tensors.constant(t);
    return constant ? TensorView{&tensors.spec(t), *constant} : read_only(own(t));
  }
};

Status check_inputs(const Model& model) {
  for (const int t : model.main().inputs) {
    const ModelTensor& tensor = model.main().tensor(t);
    if (!tensor.unsupported.empty())
      return error("{}: graph input '{}' {}", model.path, tensor.spec.name, tensor.unsupported);
  }
  return {};
}

NodeCoverage coverage_of(const Preparation& preparation, std::size_t node, const Preparation::AddedNode& added) {
  const Node& n = preparation.tensors().graph().nodes[node];
  NodeCoverage covered;
  covered.node = node;
  covered.unreached = !added.reached;
  if (!added.reached) return covered;
  const Placement::Rules& rules = preparation.rules(node);
  if (rules.profile != nullptr) {
    covered.profile = rules.profile->name;
    covered.rejection = rules.rejection;
    covered.overridden = rules.overridden;
    covered.delegate = rules.profile->delegate;
    covered.evidence = preparation.evidence_of(node);
  }
  if (!added.kernel) {
    covered.unsupported = added.kernel.error().message;
    return covered;
  }
  if (const auto caution = preparation.cautions().find(node); caution != preparation.cautions().end())
    covered.caution = caution->second;
  for (const int t : n.outputs) covered.shapes.push_back(preparation.tensors().spec(t).shape);
  if (*added.kernel) covered.kernel = (*added.kernel)->form();
  return covered;
}

/// What a node's kernel says, with its place.
Error located(const Model& model, NodeId node, const std::string& message) {
  const std::string at = node_name(node, model.node(node));
  // The session that a subgraph's stands in names the file.
  if (node.subgraph != 0) return error("{}: {}", at, message);
  return error("{}: {}: {}", model.path, at, message);
}

}  // namespace

Result<Session> Session::prepare(std::shared_ptr<const Model> model, Profile profile, const SessionOptions& options) {
  Session s;
  s.model_ = std::move(model);
  s.profile_ = std::make_shared<const Profile>(std::move(profile));
  s.pool_ = std::make_unique<ThreadPool>(options.threads);
  NPUTWIN_RETURN_IF_ERROR(check_inputs(*s.model_));
  NPUTWIN_ASSIGN_OR_RETURN(auto preparation, Preparation::of(*s.model_, *s.profile_, options));
  if (auto status = s.make_kernels(*preparation); !status) return in_context(s.model_->path, status.error());
  s.preparation_ = std::move(preparation);
  if (auto status = s.place(options.memory_limit); !status) return in_context(s.model_->path, status.error());
  s.reset_state();
  return s;
}

Result<Session> Session::prepare_subgraph(std::shared_ptr<const Model> model, int subgraph,
                                          std::span<const Shape> shapes, const Profile& profile,
                                          const SessionOptions& options, const Nesting& nesting) {
  Nesting::Budget& budget = *nesting.budget;
  if (budget.sessions == 0) return error("the model's subgraphs run in too many places");
  --budget.sessions;
  Session s;
  s.model_ = std::move(model);
  s.subgraph_ = subgraph;
  s.profile_ = std::make_shared<const Profile>(profile);
  s.pool_ = std::make_unique<ThreadPool>(1);
  SessionOptions own = options;
  own.threads = 1;
  NPUTWIN_ASSIGN_OR_RETURN(auto preparation,
                           Preparation::of_subgraph(*s.model_, subgraph, shapes, profile, own, nesting));
  NPUTWIN_RETURN_IF_ERROR(s.make_kernels(*preparation));
  s.preparation_ = std::move(preparation);
  NPUTWIN_RETURN_IF_ERROR(s.place(std::min(options.memory_limit, budget.bytes)));
  budget.bytes -= std::min(budget.bytes, s.arena_bytes());
  return s;
}

Result<Session> Session::sibling(int threads) const {
  // Kernels of IF and WHILE have sessions of their own, which one run at a time may use.
  if (std::ranges::any_of(graph().nodes, [](const Node& node) { return is_control_flow(node.op); })) {
    SessionOptions options = preparation_->options();
    options.threads = threads;
    return prepare(model_, *profile_, options);
  }
  Session s;
  s.model_ = model_;
  s.profile_ = profile_;
  s.pool_ = std::make_unique<ThreadPool>(threads);
  s.preparation_ = preparation_;
  s.nodes_.resize(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) s.nodes_[i].kernel = nodes_[i].kernel;
  if (auto status = s.place(preparation_->options().memory_limit); !status)
    return in_context(model_->path, status.error());
  s.reset_state();
  return s;
}

Result<std::vector<NodeCoverage>> Session::coverage(const Model& model, const Profile& profile,
                                                    const SessionOptions& options) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto preparation, Preparation::of(model, profile, options));
  std::vector<NodeCoverage> result;
  NPUTWIN_RETURN_IF_ERROR(
      preparation->add_nodes(ThreadPool(1), [&](std::size_t node, const Preparation::AddedNode& added) -> Status {
        result.push_back(coverage_of(*preparation, node, added));
        return {};
      }));
  return result;
}

Status Session::make_kernels(Preparation& preparation) {
  nodes_.resize(graph().nodes.size());
  return preparation.add_nodes(*pool_, [&](std::size_t node, Preparation::AddedNode added) -> Status {
    if (!added.kernel) return in_context(node_name({subgraph_, node}, graph().nodes[node]), added.kernel.error());
    nodes_[node].kernel = std::move(*added.kernel);
    return {};
  });
}

Status Session::place(std::size_t memory_limit) {
  const TensorTable& tensors = preparation_->tensors();
  std::size_t scratch = 0;
  for (const PreparedNode& node : nodes_) {
    if (node.kernel) scratch = std::max(scratch, node.kernel->scratch_bytes());
  }
  std::vector<Allocation> lives = lives_of(tensors);
  lives.push_back({scratch + Blob::kSlack, -1, static_cast<int>(nodes_.size())});
  NPUTWIN_ASSIGN_OR_RETURN(const MemoryPlan plan, plan_memory(lives, memory_limit));

  arena_bytes_ = plan.bytes;
  // Zeros that the system makes when they are first touched: scratch for threads that never come takes no memory.
  std::size_t room = plan.bytes + kAlignment;
  arena_ = {static_cast<std::byte*>(std::calloc(room, 1)), std::free};
  if (arena_ == nullptr) throw std::bad_alloc();
  void* aligned = arena_.get();
  auto* arena = static_cast<std::byte*>(std::align(kAlignment, plan.bytes, aligned, room));
  scratch_ = {arena + plan.offsets.back(), scratch};
  const Layout layout{tensors, plan, arena};
  for (const int t : graph().inputs) inputs_.push_back(layout.own(t));
  for (const int t : graph().outputs) outputs_.push_back(layout.view(t));
  for (std::size_t t = 0; t < graph().tensors.size(); ++t) {
    const ModelTensor& tensor = graph().tensors[t];
    if (tensor.variable && lives[t].bytes > 0) variables_.push_back({layout.own(static_cast<int>(t)), tensor.constant});
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    PreparedNode& node = nodes_[i];
    std::size_t state_bytes = 0;
    for (const int t : graph().nodes[i].inputs) {
      if (t >= 0 && graph().tensor(t).variable) {
        node.state.push_back(layout.own(t));
        node.state_inputs.push_back(node.inputs.size());
        state_bytes += tensors.spec(t).bytes();
      }
      node.inputs.push_back(layout.view(t));
    }
    saved_state_.resize(std::max(saved_state_.size(), state_bytes));
    for (const int t : graph().nodes[i].outputs) {
      node.outputs.push_back(layout.view(t));
      if (node.kernel) node.mutable_outputs.push_back(layout.own(t));
    }
  }
  return {};
}

const TensorSpec& Session::input_spec(std::size_t k) const { return *inputs_[k].spec; }

Status Session::set_input(std::size_t k, const TensorView& values) {
  const TensorSpec& spec = input_spec(k);
  if (values.spec->type != spec.type) {
    return error("input '{}': expected type {}, got {}", spec.name, name(spec.type), name(values.spec->type));
  }
  if (values.bytes.size() != inputs_[k].bytes.size()) {
    return error("input '{}': expected shape {}, got {}", spec.name, to_string(spec.shape),
                 to_string(values.spec->shape));
  }
  if (auto s = check_booleans(spec.type, values.bytes); !s)
    return in_context(fmt::format("input '{}'", spec.name), s.error());
  std::copy(values.bytes.begin(), values.bytes.end(), inputs_[k].bytes.begin());
  return {};
}

Status Session::set_inputs(std::span<const Tensor> values) {
  if (values.size() != inputs_.size()) return error("expected {} inputs, got {}", inputs_.size(), values.size());
  for (std::size_t k = 0; k < values.size(); ++k) NPUTWIN_RETURN_IF_ERROR(set_input(k, values[k].view()));
  return {};
}

Status Session::run(Observer* observer) {
  // As step(), which makes these anew for each node: in models of small layers that took a fifth of the time.
  RunFault fault;
  RunContext context{{}, {}, {}, scratch_, pool_.get(), &fault};
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const PreparedNode& node = nodes_[i];
    if (node.kernel) {
      context.inputs = node.inputs;
      context.outputs = node.mutable_outputs;
      context.state = node.state;
      node.kernel->run(context);
      if (!fault.message.empty()) return located(*model_, {subgraph_, i}, fault.message);
    }
    if (observer != nullptr) observer->on_node({subgraph_, i}, node.outputs);
  }
  return {};
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

const Session::PreparedNode& Session::prepared(NodeId node) const {
  assert(node.subgraph == subgraph_);
  return nodes_[node.index];
}

RunContext Session::context(NodeId node) const {
  const PreparedNode& n = prepared(node);
  return {n.inputs, n.mutable_outputs, n.state, scratch_, pool_.get(), nullptr};
}

std::vector<std::string> Session::cautions() const {
  std::vector<std::string> lines;
  for (const auto& [node, sentence] : preparation().cautions())
    lines.push_back(fmt::format("{}, {}: {}", profile_->name, node_name(node, model_->node(node)), sentence));
  return lines;
}

Status Session::run_kernel_of(NodeId node, const RunContext& context) const {
  Status ran = run_kernel(*prepared(node).kernel, context);
  if (ran) return ran;
  return located(*model_, node, ran.error().message);
}

Status Session::step(NodeId node) { return prepared(node).kernel ? run_kernel_of(node, context(node)) : Status{}; }

Status Session::run_node(NodeId node, std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) {
  const PreparedNode& n = prepared(node);
  if (n.kernel && n.state.empty()) return run_kernel_of(node, {inputs, outputs, {}, scratch_, pool_.get(), nullptr});
  if (n.kernel) {
    std::byte* saved = saved_state_.data();
    for (std::size_t k = 0; k < n.state.size(); ++k) {
      const auto own = n.state[k].bytes;
      saved = std::copy(own.begin(), own.end(), saved);
      std::copy_n(inputs[n.state_inputs[k]].bytes.begin(), own.size(), own.begin());
    }
    const Status ran = run_kernel_of(node, {inputs, outputs, n.state, scratch_, pool_.get(), nullptr});
    saved = saved_state_.data();
    for (const auto& own : n.state) {
      std::copy_n(saved, own.bytes.size(), own.bytes.begin());
      saved += own.bytes.size();
    }
    return ran;
  }
  for (std::size_t k = 0; k < outputs.size(); ++k)
    std::copy(n.outputs[k].bytes.begin(), n.outputs[k].bytes.end(), outputs[k].bytes.begin());
  return {};
}

std::span<const TensorView> Session::node_inputs(NodeId node) const { return prepared(node).inputs; }
std::span<const TensorView> Session::node_outputs(NodeId node) const { return prepared(node).outputs; }
TensorView Session::output(std::size_t k) const { return outputs_[k]; }

}  // namespace nputwin
