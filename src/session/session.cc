#include "session/session.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/checked.h"
#include "profile/profile.h"
#include "session/memory_plan.h"
#include "session/preparation.h"

namespace nputwin {
namespace {

constexpr std::align_val_t kAlignment{64};

void free_arena(std::byte* memory) { ::operator delete[](memory, kAlignment); }

}  // namespace

Result<Session> Session::prepare(std::shared_ptr<const Model> model, Profile profile, const SessionOptions& options) {
  Session s;
  s.model_ = std::move(model);
  s.profile_ = std::make_shared<const Profile>(std::move(profile));
  s.pool_ = std::make_unique<ThreadPool>(options.threads);
  const Graph& graph = s.graph();
  for (const int t : graph.inputs) {
    const ModelTensor& tensor = graph.tensors[index(t)];
    if (!tensor.unsupported.empty())
      return error("{}: graph input '{}' {}", s.model_->path, tensor.spec.name, tensor.unsupported);
  }
  NPUTWIN_ASSIGN_OR_RETURN(Placement placement, Placement::of(*s.profile_, options.on_cpu));
  s.preparation_ = std::make_unique<Preparation>(*s.model_, std::move(placement), options);
  Preparation& preparation = *s.preparation_;
  if (auto status = preparation.set_input_shapes(); !status) return at(s.model_->path, status.error());
  s.nodes_.resize(graph.nodes.size());
  std::size_t scratch = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    auto kernel = preparation.add_node(i);
    if (!kernel) return at(fmt::format("{}: {}", s.model_->path, node_name(i, graph.nodes[i])), kernel.error());
    s.nodes_[i].kernel = std::move(*kernel);
    preparation.fold(graph.nodes[i], s.nodes_[i].kernel, *s.pool_);
    if (s.nodes_[i].kernel) scratch = std::max(scratch, s.nodes_[i].kernel->scratch_bytes());
  }
  const std::vector<TensorSpec>& specs = preparation.specs();

  const int steps = static_cast<int>(graph.nodes.size());
  std::vector<Allocation> lives(graph.tensors.size(), {0, steps, -1});
  const auto touch = [&](int t, int step) {
    if (t < 0 || preparation.constant(index(t))) return;
    Allocation& life = lives[index(t)];
    life.bytes = specs[index(t)].bytes() + Blob::kSlack;
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
    return MutableTensorView{&specs[index(t)], {s.arena_.get() + plan->offsets[index(t)], specs[index(t)].bytes()}};
  };
  const auto view = [&](int t) {
    if (t < 0) return TensorView{};
    return preparation.constant(index(t)) ? TensorView{&specs[index(t)], *preparation.constant(index(t))}
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
        state_bytes += specs[index(t)].bytes();
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
  Preparation preparation(model, std::move(placement), options);
  if (auto status = preparation.set_input_shapes(); !status) return at(model.path, status.error());
  std::vector<NodeCoverage> result;
  const Graph& graph = model.main();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    NodeCoverage& covered = result.emplace_back();
    covered.node = i;
    const OpDefinition* op = find_op(node.op);
    if (op != nullptr && !preparation.inputs_known(node)) {
      covered.unreached = true;
      continue;
    }
    if (op != nullptr) {  // before the node is added: delegates see the shapes that were known then
      const auto rules = preparation.rules_of(*op, i);
      covered.profile = rules.profile->name, covered.rejection = rules.rejection, covered.overridden = rules.overridden;
      covered.delegate = rules.profile->delegate;
      covered.evidence = rules.profile->evidence_of(preparation.node_family(*op, node));
    }
    auto kernel = preparation.add_node(i);
    if (!kernel) {
      covered.unsupported = kernel.error().message;
      continue;
    }
    for (const int t : node.outputs) covered.shapes.push_back(preparation.specs()[index(t)].shape);
    preparation.fold(node, *kernel, pool);
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
    return error("input '{}' takes shape {}, got {}", spec.name, to_string(spec.shape), to_string(values.spec->shape));
  }
  std::copy(values.bytes.begin(), values.bytes.end(), inputs_[k].bytes.begin());
  return {};
}

Status Session::set_inputs(std::span<const Tensor> values) {
  if (values.size() != inputs_.size()) return error("the model has {} inputs, got {}", inputs_.size(), values.size());
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
