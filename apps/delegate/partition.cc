#include "partition.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "say.h"

namespace nputwin::delegate {
namespace {

const abi::TfLiteTensor& tensor_of(const abi::TfLiteContext& context, int t) {
  return context.tensors[static_cast<std::size_t>(t)];
}

/// Adds the outputs of each op to the trace as they are made.
class Recorder final : public Observer {
 public:
  Recorder(const Session& session, const std::vector<std::string>& keys, Trace& trace)
      : session_(session), keys_(keys), trace_(trace) {}

  void on_node(NodeId node, std::span<const TensorView> outputs) override {
    const std::vector<int>& tensors = session_.model().node(node).outputs;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (outputs[k].present()) trace_.add(keys_[static_cast<std::size_t>(tensors[k])], outputs[k]);
    }
  }

 private:
  const Session& session_;
  const std::vector<std::string>& keys_;
  Trace& trace_;
};

abi::TfLiteIntArray* new_array(const Shape& shape) {
  const auto size = static_cast<int>(shape.size());
  void* memory = std::malloc(sizeof(abi::TfLiteIntArray) + shape.size() * sizeof(int));
  if (memory == nullptr) return nullptr;
  auto* array = new (memory) abi::TfLiteIntArray{size};
  if (size > 0) std::memcpy(array + 1, shape.data(), shape.size() * sizeof(int));
  return array;
}

Status resize(abi::TfLiteContext& context, abi::TfLiteTensor& tensor, const TensorSpec& spec) {
  abi::TfLiteIntArray* size = new_array(spec.shape);
  if (size == nullptr || context.ResizeTensor(&context, &tensor, size) != abi::kTfLiteOk)
    return error("output '{}' cannot have shape {}", spec.name, to_string(spec.shape));
  return {};
}

}  // namespace

Result<std::unique_ptr<Partition>> Partition::make(const abi::TfLiteContext& context, RuntimeGraph& graph,
                                                   const abi::TfLiteDelegateParams& params,
                                                   std::shared_ptr<Shared> shared) {
  std::vector<std::size_t> nodes;
  for (const int index : abi::values(params.nodes_to_replace)) {
    if (index < 0 || static_cast<std::size_t>(index) >= graph.graph().nodes.size())
      return error("the runtime has no node {}", index);
    nodes.push_back(static_cast<std::size_t>(index));
  }
  if (nodes.empty()) return error("a partition without nodes");
  const auto outputs = abi::values(params.output_tensors);
  std::unique_ptr<Partition> partition(new Partition());
  partition->number_ = static_cast<int>(nodes.front());
  partition->shared_ = std::move(shared);
  partition->options_.threads =
      partition->shared_->options.threads.value_or(std::max(context.recommended_num_threads, 1));
  NPUTWIN_ASSIGN_OR_RETURN(partition->model_, graph.part(nodes, {outputs.begin(), outputs.end()}));
  if (partition->shared_->trace) {
    partition->keys_ = Trace::keys_of(graph.graph());
    partition->expect_in_trace();
  }
  return partition;
}

void Partition::expect_in_trace() const {
  std::vector<std::string> keys;
  for (const int t : model_->main().inputs) keys.push_back(keys_[static_cast<std::size_t>(t)]);
  for (const Node& node : model_->main().nodes) {
    for (const int t : node.outputs) {
      if (t >= 0) keys.push_back(keys_[static_cast<std::size_t>(t)]);
    }
  }
  shared_->trace->expect(keys);
}

bool Partition::fits(const abi::TfLiteContext& context) const {
  if (!session_) return false;
  const std::vector<int>& inputs = model_->main().inputs;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (shape_of(tensor_of(context, inputs[k])) != session_->input_spec(k).shape) return false;
  }
  return true;
}

Status Partition::prepare_session(const abi::TfLiteContext& context) {
  auto model = std::make_shared<Model>(*model_);
  Graph& graph = model->graphs[0];
  const auto reshape = [&](const std::vector<int>& list) {
    for (const int t : list) {
      if (t < 0) continue;
      ModelTensor& tensor = graph.tensors[static_cast<std::size_t>(t)];
      if (!tensor.constant) tensor.spec.shape = shape_of(tensor_of(context, t));
    }
  };
  reshape(graph.inputs);
  for (const Node& node : graph.nodes) reshape(node.outputs);
  session_.reset();
  state_.clear();
  NPUTWIN_ASSIGN_OR_RETURN(session_, Session::prepare(model, shared_->options.profile, options_));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].left_out || session_->kernel(i) == nullptr) continue;
    const RunContext run = session_->context(i);
    std::size_t next = 0;
    for (const int t : graph.nodes[i].inputs) {
      if (t >= 0 && graph.tensor(t).variable) state_[t] = run.state[next++];
    }
  }
  if (shared_->comparison == nullptr) return {};
  if (auto added = shared_->comparison->add_partition(number_, model, options_); !added)
    say("compare: " + added.error().message);
  return {};
}

Status Partition::resize_outputs(abi::TfLiteContext& context) const {
  const std::vector<int>& outputs = model_->main().outputs;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    abi::TfLiteTensor& tensor = context.tensors[static_cast<std::size_t>(outputs[k])];
    if (shape_of(tensor) != session_->output(k).spec->shape)
      NPUTWIN_RETURN_IF_ERROR(resize(context, tensor, *session_->output(k).spec));
  }
  return {};
}

Status Partition::prepare(abi::TfLiteContext& context) {
  if (!fits(context)) NPUTWIN_RETURN_IF_ERROR(prepare_session(context));
  return resize_outputs(context);
}

TensorView Partition::input(const abi::TfLiteContext& context, std::size_t k) const {
  const abi::TfLiteTensor& tensor = tensor_of(context, model_->main().inputs[k]);
  const Bytes bytes(static_cast<const std::byte*>(tensor.data), tensor.data == nullptr ? 0 : tensor.bytes);
  return {&session_->input_spec(k), bytes};
}

Status Partition::copy_inputs(const abi::TfLiteContext& context) {
  for (std::size_t k = 0; k < model_->main().inputs.size(); ++k) {
    const TensorView values = input(context, k);
    if (values.bytes.size() != values.spec->bytes())
      return error("input '{}' has {} bytes, expected {}", values.spec->name, values.bytes.size(),
                   values.spec->bytes());
    NPUTWIN_RETURN_IF_ERROR(session_->set_input(k, values));
  }
  return {};
}

Status Partition::copy_outputs(abi::TfLiteContext& context) const {
  const std::vector<int>& outputs = model_->main().outputs;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    abi::TfLiteTensor& tensor = context.tensors[static_cast<std::size_t>(outputs[k])];
    const TensorView view = session_->output(k);
    const auto has_room = [&] {
      return tensor.bytes == view.bytes.size() && (tensor.data != nullptr || tensor.bytes == 0);
    };
    // The runtime has no memory for it where it thinks that the shape follows from values: whoever makes it asks then.
    if (!has_room() && tensor.allocation_type == abi::kTfLiteDynamic)
      NPUTWIN_RETURN_IF_ERROR(resize(context, tensor, *view.spec));
    if (!has_room()) return error("output '{}' has no room for {} bytes", view.spec->name, view.bytes.size());
    if (tensor.bytes > 0) std::memcpy(tensor.data, view.bytes.data(), tensor.bytes);
  }
  return {};
}

/// The runtime holds the variables: it resets them, and others may read them.
void Partition::copy_state(const abi::TfLiteContext& context, bool to_session) const {
  for (const auto& [t, view] : state_) {
    const abi::TfLiteTensor& tensor = tensor_of(context, t);
    if (tensor.data == nullptr || tensor.bytes != view.bytes.size()) continue;
    if (to_session) {
      std::memcpy(view.bytes.data(), tensor.data, tensor.bytes);
    } else {
      std::memcpy(tensor.data, view.bytes.data(), tensor.bytes);
    }
  }
}

Status Partition::run(const abi::TfLiteContext& context) {
  if (shared_->trace == nullptr) return session_->run();
  const Graph& graph = model_->main();
  for (std::size_t k = 0; k < graph.inputs.size(); ++k) {
    const auto t = static_cast<std::size_t>(graph.inputs[k]);
    shared_->trace->add(keys_[t], input(context, k));
  }
  Recorder recorder(*session_, keys_, *shared_->trace);
  NPUTWIN_RETURN_IF_ERROR(session_->run(&recorder));
  shared_->trace->end_of_partition();
  return {};
}

Status Partition::compare(const abi::TfLiteContext& context) const {
  if (shared_->comparison == nullptr) return {};
  std::vector<Tensor> inputs;
  for (std::size_t k = 0; k < model_->main().inputs.size(); ++k) {
    const TensorView view = input(context, k);
    inputs.push_back({*view.spec, {view.bytes.begin(), view.bytes.end()}});
  }
  return shared_->comparison->add(number_, inputs);
}

Status Partition::invoke(abi::TfLiteContext& context) {
  if (!fits(context)) NPUTWIN_RETURN_IF_ERROR(prepare(context));
  NPUTWIN_RETURN_IF_ERROR(copy_inputs(context));
  if (auto compared = compare(context); !compared) shared_->comparison->give_up(compared.error());
  copy_state(context, /*to_session=*/true);
  NPUTWIN_RETURN_IF_ERROR(run(context));
  copy_state(context, /*to_session=*/false);
  return copy_outputs(context);
}

}  // namespace nputwin::delegate
