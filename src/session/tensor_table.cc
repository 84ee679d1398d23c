#include "session/tensor_table.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/checked.h"
#include "base/suggestion.h"
#include "ops/move/copy_kernel.h"
#include "ops/tflite_operands.h"
#include "session/scratch.h"

namespace nputwin {
namespace {

Status check_size(std::string_view role, const TensorSpec& spec, std::size_t memory_limit) {
  const auto count = element_count(spec.shape);
  const auto bytes =
      count ? checked_mul<std::int64_t>(*count, static_cast<std::int64_t>(size_of(spec.type))) : std::nullopt;
  if (bytes && static_cast<std::uint64_t>(*bytes) <= memory_limit) return {};
  return error("{} '{}' {} passes the memory limit of {} bytes", role, spec.name, to_string(spec.shape), memory_limit);
}

}  // namespace

bool needs_no_values(const Node& node) {
  const OpDefinition* op = find_op(node.op);
  return op != nullptr && op->needs_no_values;
}

TensorTable::TensorTable(const Graph& graph)
    : graph_(graph), constant_(graph.tensors.size()), shape_known_(graph.tensors.size(), false) {
  specs_.reserve(graph.tensors.size());
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    const ModelTensor& tensor = graph.tensors[t];
    specs_.push_back(tensor.spec);
    if (!tensor.variable) constant_[t] = tensor.constant;
    shape_known_[t] = tensor.constant.has_value() || tensor.variable;
  }
  for (const int t : graph.inputs) shape_known_[index(t)] = true;
}

void TensorTable::set_quantization(int t, Quantization quantization) {
  specs_[index(t)].quantization = std::move(quantization);
}

void TensorTable::set_constant(int t, Bytes values) { constant_[index(t)] = values; }

Status TensorTable::set_input_shapes(const std::map<std::string, Shape>& shapes, std::size_t memory_limit) {
  for (const auto& [name, shape] : shapes) {
    const auto input = std::find_if(graph_.inputs.begin(), graph_.inputs.end(),
                                    [&, &wanted = name](int t) { return spec(t).name == wanted; });
    if (input == graph_.inputs.end()) {
      std::vector<std::string> names;
      names.reserve(graph_.inputs.size());
      for (const int t : graph_.inputs) names.push_back(spec(t).name);
      return error("no input is named '{}'{}; inputs: '{}'", name, did_you_mean(name, names), fmt::join(names, "' '"));
    }
    Shape& own = specs_[index(*input)].shape;
    const auto count = element_count(shape);
    if (shape.size() != own.size() || !count || *count < 1) {
      return error("input '{}' has shape {}; {} cannot replace it: expected the same number of dimensions, all above 0",
                   name, to_string(own), to_string(shape));
    }
    own = shape;
  }
  for (const int t : graph_.inputs) NPUTWIN_RETURN_IF_ERROR(check_size("input", spec(t), memory_limit));
  return {};
}

Status TensorTable::set_input_shapes(std::span<const Shape> shapes, std::size_t memory_limit) {
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    TensorSpec& spec = specs_[index(graph_.inputs[k])];
    spec.shape = shapes[k];
    NPUTWIN_RETURN_IF_ERROR(check_size("input", spec, memory_limit));
  }
  return {};
}

bool TensorTable::inputs_known(const Node& node) const {
  return std::ranges::all_of(node.inputs, [&](int t) { return t < 0 || shape_known_[index(t)]; });
}

Status TensorTable::check_supported(const Node& node) const {
  for (const auto* list : {&node.inputs, &node.outputs}) {
    for (const int t : *list) {
      if (t < 0) continue;
      const ModelTensor& tensor = graph_.tensor(t);
      if (!tensor.unsupported.empty()) return error("tensor {} '{}' {}", t, tensor.spec.name, tensor.unsupported);
    }
  }
  return {};
}

void TensorTable::set_output_shapes(const Node& node, const Shapes& shapes) {
  for (std::size_t k = 0; k < node.outputs.size(); ++k) {
    specs_[index(node.outputs[k])].shape = shapes[k];
    shape_known_[index(node.outputs[k])] = true;
  }
}

bool TensorTable::can_fold(const Node& node) const {
  return needs_no_values(node) || std::ranges::all_of(node.inputs, [&](int t) { return t < 0 || constant(t); });
}

Status TensorTable::fold(const Node& node, const Kernel& kernel, const ThreadPool& pool) {
  std::vector<TensorView> inputs;
  inputs.reserve(node.inputs.size());
  for (const int t : node.inputs)
    inputs.push_back(t < 0 ? TensorView{} : TensorView{&spec(t), constant(t).value_or(Bytes{})});
  std::vector<MutableTensorView> outputs;
  outputs.reserve(node.outputs.size());
  for (const int t : node.outputs) {
    computed_.push_back(std::make_unique<Blob>(spec(t).bytes()));
    outputs.push_back({&spec(t), computed_.back()->mutable_bytes()});
    constant_[index(t)] = computed_.back()->bytes();
  }
  Scratch scratch(kernel.scratch_bytes());
  return run_kernel(kernel, {inputs, outputs, {}, scratch.bytes(), &pool, nullptr});
}

Result<std::unique_ptr<Kernel>> make_kernel(const OpDefinition& op, const PrepareContext& context,
                                            std::size_t memory_limit) {
  NPUTWIN_RETURN_IF_ERROR(check_tflite_operands(op.name, context));
  const bool all_empty = !context.outputs.empty() && std::ranges::all_of(context.outputs, [](const TensorSpec& spec) {
    return spec.elements() == 0;
  });
  // Beside an empty dimension another may be of any size, and kernels keep lists as long as dimensions.
  if (all_empty) return std::make_unique<CopyKernel>(std::vector<CopyKernel::Part>{});
  NPUTWIN_ASSIGN_OR_RETURN(auto kernel, op.prepare(context));
  if (kernel->scratch_bytes() > memory_limit)
    return error("needs {} bytes of scratch memory, which is too much", kernel->scratch_bytes());
  return kernel;
}

NodeTensors::NodeTensors(const Node& node, const TensorTable& table) {
  inputs_.reserve(node.inputs.size());
  for (const int t : node.inputs) {
    inputs_.push_back(t < 0 ? InputSpec{}
                            : InputSpec{&table.spec(t), table.constant(t), table.graph().tensor(t).variable});
  }
  outputs_.reserve(node.outputs.size());
  for (const int t : node.outputs) outputs_.push_back(table.spec(t));
  intermediates_.reserve(node.intermediates.size());
  for (const int t : node.intermediates) intermediates_.push_back(&table.spec(t));
  view_ = {&node.attributes, node.custom_options, inputs_, outputs_, intermediates_, &lacks_values_};
}

Result<Shapes> NodeTensors::shapes_of(const OpDefinition& op) const {
  auto shapes = op.infer_shapes(view_);
  if (shapes || !lacks_values_) return shapes;
  Shapes given;
  for (const TensorSpec& spec : outputs_) given.push_back(spec.shape);
  return given;
}

Result<Shapes> NodeTensors::infer_shapes(const OpDefinition& op, std::size_t memory_limit) {
  NPUTWIN_ASSIGN_OR_RETURN(Shapes shapes, shapes_of(op));
  if (shapes.size() != outputs_.size()) return error("expected {} outputs, got {}", shapes.size(), outputs_.size());
  for (std::size_t k = 0; k < outputs_.size(); ++k) {
    outputs_[k].shape = shapes[k];
    NPUTWIN_RETURN_IF_ERROR(check_size("output", outputs_[k], memory_limit));
  }
  return shapes;
}

}  // namespace nputwin
