#include "graph.h"

#include <algorithm>
#include <set>

#include "builtin_options.h"
#include "runtime_tensor.h"
#include "schema/tflite_generated.h"

namespace nputwin::delegate {
namespace {

std::vector<int> copy_of(const abi::TfLiteIntArray* list) {
  const auto values = abi::values(list);
  return {values.begin(), values.end()};
}

std::string op_name(const abi::TfLiteRegistration& registration) {
  const int code = registration.builtin_code;
  if (code == abi::kTfLiteBuiltinCustom)
    return registration.custom_name != nullptr ? registration.custom_name : "CUSTOM";
  const std::string name = schema::EnumNameBuiltinOperator(static_cast<schema::BuiltinOperator>(code));
  return name.empty() ? fmt::format("operator {}", code) : name;
}

void leave_out(Node& node) {
  node.left_out = true;
  for (auto* list : {&node.inputs, &node.outputs, &node.intermediates}) list->clear();
}

}  // namespace

Shape shape_of(const abi::TfLiteTensor& tensor) {
  const auto dims = abi::values(tensor.dims);
  Shape shape(dims.begin(), dims.end());
  for (auto& d : shape) d = std::max(d, d == -1 ? 1 : 0);
  return shape;
}

Result<std::shared_ptr<RuntimeGraph>> RuntimeGraph::read(abi::TfLiteContext& context) {
  abi::TfLiteIntArray* listed = nullptr;
  if (context.GetExecutionPlan(&context, &listed) != abi::kTfLiteOk || listed == nullptr)
    return error("the runtime does not tell its execution plan");
  const std::vector<int> plan = copy_of(listed);
  std::shared_ptr<RuntimeGraph> result(new RuntimeGraph());
  Model& model = result->model_;
  model.path = "the runtime's model";
  Graph& graph = model.graphs.emplace_back();
  for (std::size_t t = 0; t < context.tensors_size; ++t) {
    graph.tensors.push_back(read_tensor(context.tensors[t], model.storage));
    result->specs_.push_back(graph.tensors.back().spec);
  }
  for (const int index : plan) {
    if (index < 0) return error("the runtime's execution plan has node {}", index);
    graph.nodes.resize(std::max(graph.nodes.size(), static_cast<std::size_t>(index) + 1));
  }
  for (Node& node : graph.nodes) node.left_out = true;
  for (const int index : plan) NPUTWIN_RETURN_IF_ERROR(result->read_node(context, index));
  return result;
}

Status RuntimeGraph::read_node(abi::TfLiteContext& context, int index) {
  abi::TfLiteNode* from = nullptr;
  abi::TfLiteRegistration* registration = nullptr;
  if (context.GetNodeAndRegistration(&context, index, &from, &registration) != abi::kTfLiteOk || from == nullptr ||
      registration == nullptr)
    return error("the runtime does not tell its node {}", index);
  Graph& graph = model_.graphs[0];
  Node& node = graph.nodes[static_cast<std::size_t>(index)];
  node.left_out = false;
  node.op = op_name(*registration);
  node.custom = registration->builtin_code == abi::kTfLiteBuiltinCustom;
  node.version = registration->version;
  node.inputs = copy_of(from->inputs);
  node.outputs = copy_of(from->outputs);
  node.intermediates = copy_of(from->intermediates);
  for (int& t : node.inputs) t = std::max(t, -1);
  const auto size = static_cast<int>(graph.tensors.size());
  for (const auto* list : {&node.inputs, &node.outputs, &node.intermediates}) {
    if (std::ranges::any_of(*list, [&](int t) { return t >= size; }))
      return error("the runtime's node {} has a tensor of {}", index, size);
  }
  if (node.custom) {
    node.custom_options = {static_cast<const std::byte*>(from->custom_initial_data),
                           from->custom_initial_data == nullptr ? 0 : std::size_t(from->custom_initial_data_size)};
  } else {
    node.attributes = read_builtin_options(node.op, node.version, from->builtin_data);
  }
  return {};
}

Result<std::shared_ptr<const Model>> RuntimeGraph::part(std::span<const std::size_t> nodes, std::vector<int> outputs) {
  auto model = std::make_shared<Model>(model_);
  Graph& graph = model->graphs[0];
  const std::set<std::size_t> kept(nodes.begin(), nodes.end());
  std::set<int> made, read;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    Node& node = graph.nodes[i];
    if (!kept.contains(i)) {
      leave_out(node);
      continue;
    }
    for (const int t : node.inputs) {
      if (t < 0 || made.contains(t) || !read.insert(t).second) continue;
      ModelTensor& tensor = graph.tensors[static_cast<std::size_t>(t)];
      if (!tensor.constant) {
        if (!tensor.variable) graph.inputs.push_back(t);
        continue;
      }
      auto& copy = copies_[t];
      if (copy == nullptr) copy = std::make_shared<const Blob>(*tensor.constant);
      tensor.constant = copy->bytes();
      model->storage.push_back(copy);
    }
    made.insert(node.outputs.begin(), node.outputs.end());
  }
  graph.outputs = std::move(outputs);
  NPUTWIN_RETURN_IF_ERROR(validate(graph));
  return model;
}

}  // namespace nputwin::delegate
