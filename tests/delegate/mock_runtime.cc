#include "delegate/mock_runtime.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "builtin_options.h"
#include "element_types.h"
#include "io/tflite/packed_codes.h"
#include "profile/profile.h"
#include "profile/variant.h"
#include "schema/tflite_generated.h"
#include "session/placement/placement.h"
#include "session/shapes.h"

namespace nputwin::test {
namespace {

/// As the runtime's arrays: the number, then the values.
template <typename List>
std::vector<int> counted(const List& list) {
  std::vector<int> array{static_cast<int>(list.size())};
  for (const auto& value : list) {
    static_assert(sizeof value == sizeof(int));
    int word = 0;
    std::memcpy(&word, &value, sizeof word);
    array.push_back(word);
  }
  return array;
}

abi::TfLiteIntArray* array(std::vector<int>& counted_values) {
  return reinterpret_cast<abi::TfLiteIntArray*>(counted_values.data());
}

std::int32_t builtin_code(const std::string& op) {
  for (const auto code : schema::EnumValuesBuiltinOperator()) {
    if (op == schema::EnumNameBuiltinOperator(code)) return static_cast<std::int32_t>(code);
  }
  return -1;
}

}  // namespace

MockRuntime::MockRuntime(std::shared_ptr<const Model> model) : model_(std::move(model)) {
  for (const ModelTensor& tensor : graph().tensors) add_tensor(tensor);
  for (const nputwin::Node& node : graph().nodes) add_node(node);
  plan_.push_back(static_cast<int>(graph().nodes.size()));
  for (std::size_t i = 0; i < graph().nodes.size(); ++i) {
    plan_.push_back(static_cast<int>(i));
    steps_.push_back({i, false});
  }
  context_.tensors_size = shown_.size();
  context_.tensors = shown_.data();
  context_.impl_ = this;
  context_.GetExecutionPlan = get_plan;
  context_.GetNodeAndRegistration = get_node;
  context_.ResizeTensor = resize_tensor;
  context_.ReportError = report;
  context_.ReplaceNodeSubsetsWithDelegateKernels = replace;
  context_.recommended_num_threads = -1;
}

MockRuntime::~MockRuntime() {
  for (Node& node : nodes_) {
    if (node.registration.free != nullptr) node.registration.free(&context_, node.node.user_data);
  }
}

void MockRuntime::add_tensor(const ModelTensor& from) {
  const std::size_t t = tensors_.size();
  Tensor& tensor = tensors_.emplace_back();
  abi::TfLiteTensor& shown = shown_.emplace_back();
  shown = {};
  shown.type = delegate::type_of_file_code(info(from.spec.type).tflite_code);
  shown.name = from.spec.name.c_str();
  shown.buffer_handle = abi::kTfLiteNullBufferHandle;
  shown.is_variable = from.variable;
  if (const Quantization& q = from.spec.quantization; !q.empty()) {
    tensor.scales = counted(q.scale);
    tensor.zero_points = counted(q.zero_point);
    shown.quantization.type = abi::kTfLiteAffineQuantization;
    tensor.quantization.quantized_dimension = q.axis;
  }
  shown.allocation_type = from.constant && !from.variable ? abi::kTfLiteMmapRo : abi::kTfLiteArenaRw;
  set_dims(t, from.spec.shape);
  if (from.constant && !from.variable) {
    Bytes bytes = *from.constant;
    std::shared_ptr<const Blob> packed;
    if (from.packed_bits != 0) {
      shown.type = from.packed_bits == 4 ? abi::kTfLiteInt4 : abi::kTfLiteInt2;
      packed = pack_codes(bytes, from.packed_bits).value();
      bytes = packed->bytes();
    }
    shown.bytes = bytes.size();
    make_memory(t);
    std::ranges::copy(bytes, tensor.memory.get());
  }
}

void MockRuntime::add_node(const nputwin::Node& from) {
  Node& node = nodes_.emplace_back();
  node.inputs = counted(from.inputs);
  node.outputs = counted(from.outputs);
  node.intermediates = counted(from.intermediates);
  node.options.resize(delegate::kMostOptionBytes);
  delegate::write_builtin_options(from.op, from.version, from.attributes, node.options);
  node.node.inputs = array(node.inputs);
  node.node.outputs = array(node.outputs);
  node.node.intermediates = array(node.intermediates);
  node.node.builtin_data = node.options.data();
  node.node.custom_initial_data = from.custom_options.data();
  node.node.custom_initial_data_size = static_cast<int>(from.custom_options.size());
  node.registration.builtin_code = from.custom ? abi::kTfLiteBuiltinCustom : builtin_code(from.op);
  node.registration.custom_name = from.custom ? from.op.c_str() : nullptr;
  node.registration.version = from.version;
}

void MockRuntime::set_dims(std::size_t t, const Shape& shape) {
  tensors_[t].dims = counted(shape);
  shown_[t].dims = array(tensors_[t].dims);
  std::size_t bytes = size_of(graph().tensors[t].spec.type);
  for (const auto d : shape) bytes *= static_cast<std::size_t>(d);
  shown_[t].bytes = bytes;
  // Vectors have moved since.
  tensors_[t].quantization.scale = reinterpret_cast<abi::TfLiteFloatArray*>(tensors_[t].scales.data());
  tensors_[t].quantization.zero_point = array(tensors_[t].zero_points);
}

void MockRuntime::make_memory(std::size_t t) {
  tensors_[t].memory = std::make_unique<std::byte[]>(shown_[t].bytes);
  shown_[t].data = tensors_[t].memory.get();
}

abi::TfLiteStatus MockRuntime::apply(abi::TfLiteDelegate* delegate) {
  for (std::size_t t = 0; t < shown_.size(); ++t)
    shown_[t].quantization.params = tensors_[t].scales.empty() ? nullptr : &tensors_[t].quantization;
  return delegate->Prepare(&context_, delegate);
}

void MockRuntime::resize_input(std::size_t k, const Shape& shape) {
  const int t = graph().inputs[k];
  input_shapes_[graph().spec(t).name] = shape;
  set_dims(static_cast<std::size_t>(t), shape);
}

abi::TfLiteStatus MockRuntime::allocate() {
  SessionOptions options;
  options.input_shapes = input_shapes_;
  auto cpu = Session::prepare(model_, *find_profile("tflite-2.14-x86-ref"), options);
  if (cpu) cpu_.emplace(std::move(*cpu));
  auto specs = shapes_of(*model_, options);
  for (std::size_t t = 0; t < shown_.size(); ++t) {
    if (shown_[t].allocation_type == abi::kTfLiteMmapRo) continue;
    if (specs) set_dims(t, (*specs)[t].shape);
    make_memory(t);
  }
  reset_variables();
  for (const Step& step : steps_) {
    if (!step.delegated) continue;
    Node& node = nodes_[step.node];
    if (const auto status = node.registration.prepare(&context_, &node.node); status != abi::kTfLiteOk) return status;
  }
  return abi::kTfLiteOk;
}

void MockRuntime::reset_variables() {
  for (std::size_t t = 0; t < shown_.size(); ++t) {
    if (!shown_[t].is_variable || tensors_[t].memory == nullptr) continue;
    const TensorSpec& spec = graph().tensors[t].spec;
    const bool codes = spec.type == DType::kInt8 && spec.quantization.per_tensor();
    std::memset(tensors_[t].memory.get(), codes ? spec.zero_point() : 0, shown_[t].bytes);
  }
}

abi::TfLiteStatus MockRuntime::invoke() {
  for (const Step& step : steps_) {
    Node& node = nodes_[step.node];
    const auto status = step.delegated ? node.registration.invoke(&context_, &node.node) : run_node(step.node);
    if (status != abi::kTfLiteOk) return status;
  }
  return abi::kTfLiteOk;
}

abi::TfLiteStatus MockRuntime::run_node(std::size_t i) {
  if (!cpu_) return abi::kTfLiteError;
  std::vector<TensorView> inputs;
  std::vector<MutableTensorView> outputs;
  std::deque<Blob> copies;  // the twin's kernels read past the end of what they are given
  const auto own = cpu_->node_inputs(i);
  for (std::size_t k = 0; k < own.size(); ++k) {
    const int t = graph().nodes[i].inputs[k];
    if (t < 0) {
      inputs.emplace_back();
      continue;
    }
    const abi::TfLiteTensor& shown = shown_[static_cast<std::size_t>(t)];
    copies.emplace_back(Bytes(static_cast<const std::byte*>(shown.data), shown.bytes));
    inputs.push_back({own[k].spec, copies.back().bytes()});
  }
  const auto made = cpu_->node_outputs(i);
  for (std::size_t k = 0; k < made.size(); ++k) {
    const abi::TfLiteTensor& shown = shown_[static_cast<std::size_t>(graph().nodes[i].outputs[k])];
    outputs.push_back({made[k].spec, {static_cast<std::byte*>(shown.data), shown.bytes}});
  }
  return cpu_->run_node(i, inputs, outputs) ? abi::kTfLiteOk : abi::kTfLiteError;
}

void MockRuntime::set_input(std::size_t k, const std::vector<std::byte>& values) {
  std::ranges::copy(values, tensors_[static_cast<std::size_t>(graph().inputs[k])].memory.get());
}

std::vector<std::byte> MockRuntime::output(std::size_t k) const {
  const abi::TfLiteTensor& shown = shown_[static_cast<std::size_t>(graph().outputs[k])];
  const auto* data = static_cast<const std::byte*>(shown.data);
  return {data, data + shown.bytes};
}

Shape MockRuntime::output_shape(std::size_t k) const {
  const auto dims = abi::values(shown_[static_cast<std::size_t>(graph().outputs[k])].dims);
  return {dims.begin(), dims.end()};
}

abi::TfLiteStatus MockRuntime::get_plan(abi::TfLiteContext* context, abi::TfLiteIntArray** plan) {
  *plan = array(self(context).plan_);
  return abi::kTfLiteOk;
}

abi::TfLiteStatus MockRuntime::get_node(abi::TfLiteContext* context, int index, abi::TfLiteNode** node,
                                        abi::TfLiteRegistration** registration) {
  Node& found = self(context).nodes_[static_cast<std::size_t>(index)];
  *node = &found.node;
  *registration = &found.registration;
  return abi::kTfLiteOk;
}

abi::TfLiteStatus MockRuntime::resize_tensor(abi::TfLiteContext* context, abi::TfLiteTensor* tensor,
                                             abi::TfLiteIntArray* size) {
  MockRuntime& runtime = self(context);
  const auto t = static_cast<std::size_t>(tensor - runtime.shown_.data());
  const auto dims = abi::values(size);
  runtime.set_dims(t, {dims.begin(), dims.end()});
  runtime.make_memory(t);
  std::free(size);
  return abi::kTfLiteOk;
}

abi::TfLiteStatus MockRuntime::replace(abi::TfLiteContext* context, abi::TfLiteRegistration registration,
                                       const abi::TfLiteIntArray* nodes, abi::TfLiteDelegate* delegate) {
  MockRuntime& runtime = self(context);
  std::vector<bool> claimed(runtime.graph().nodes.size(), false);
  for (const int n : abi::values(nodes)) claimed[static_cast<std::size_t>(n)] = true;
  runtime.steps_.clear();
  for (const auto& subset : nputwin::partitions(runtime.graph(), claimed)) {
    if (claimed[subset.front()]) {
      runtime.add_kernel(registration, subset, delegate);
    } else {
      for (const std::size_t n : subset) runtime.steps_.push_back({n, false});
    }
  }
  return abi::kTfLiteOk;
}

void MockRuntime::add_kernel(const abi::TfLiteRegistration& registration, const std::vector<std::size_t>& nodes,
                             abi::TfLiteDelegate* delegate) {
  std::vector<int> list, inputs, outputs;
  std::vector<bool> made(tensors_.size(), false);
  const auto inside = [&](std::size_t n) { return std::ranges::find(nodes, n) != nodes.end(); };
  const auto add = [](std::vector<int>& to, int t) {
    if (t >= 0 && std::ranges::find(to, t) == to.end()) to.push_back(t);
  };
  for (const std::size_t n : nodes) {
    list.push_back(static_cast<int>(n));
    for (const int t : graph().nodes[n].inputs) {
      if (t >= 0 && !made[static_cast<std::size_t>(t)]) add(inputs, t);
    }
    for (const int t : graph().nodes[n].outputs) made[static_cast<std::size_t>(t)] = true;
  }
  for (std::size_t n = 0; n < graph().nodes.size(); ++n) {
    for (const int t : graph().nodes[n].inputs) {
      if (t >= 0 && !inside(n) && made[static_cast<std::size_t>(t)]) add(outputs, t);
    }
  }
  for (const int t : graph().outputs) {
    if (made[static_cast<std::size_t>(t)]) add(outputs, t);
  }
  std::vector<int> counted_list = counted(list);
  Node& kernel = nodes_.emplace_back();
  kernel.inputs = counted(inputs);
  kernel.outputs = counted(outputs);
  kernel.node.inputs = array(kernel.inputs);
  kernel.node.outputs = array(kernel.outputs);
  kernel.node.delegate = delegate;
  kernel.registration = registration;
  abi::TfLiteDelegateParams params{delegate, array(counted_list), kernel.node.inputs, kernel.node.outputs};
  kernel.node.user_data = registration.init(&context_, reinterpret_cast<const char*>(&params), 0);
  steps_.push_back({nodes_.size() - 1, true});
  partitions_.push_back(nodes);
}

void MockRuntime::report(abi::TfLiteContext* context, const char* message, ...) {
  char text[1000];
  va_list arguments;
  va_start(arguments, message);
  std::vsnprintf(text, sizeof text, message, arguments);
  va_end(arguments);
  self(context).errors_ += std::string(text) + "\n";
}

}  // namespace nputwin::test
