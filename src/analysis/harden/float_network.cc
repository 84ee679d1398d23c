#include "analysis/harden/float_network.h"

#include <algorithm>

#include "analysis/harden/float_layer.h"
#include "analysis/prove/codes.h"
#include "mac/mac_kernel.h"
#include "ops/activation.h"
#include "profile/variant.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace {

bool is_copy(const Node& node) { return node.op == "QUANTIZE" || node.op == "DEQUANTIZE"; }

const MacKernel* layer_of(const Session& session, std::size_t node) {
  const Kernel* kernel = session.kernel(node);
  return kernel == nullptr ? nullptr : mac_kernel_of(*kernel);
}

}  // namespace

std::vector<float> real_values(const TensorView& values) {
  const TensorSpec& spec = *values.spec;
  std::vector<float> numbers;
  if (spec.type == DType::kFloat32) {
    const auto own = values.as<float>();
    numbers.assign(own.begin(), own.end());
    return numbers;
  }
  if (!has_codes(spec.type) || !spec.quantization.per_tensor()) return numbers;
  const double scale = spec.scale();
  const std::int32_t zero = spec.zero_point();
  with_code_type(spec.type, [&](auto type) {
    const auto codes = values.as<decltype(type)>();
    numbers.reserve(codes.size());
    for (const auto code : codes) numbers.push_back(static_cast<float>(scale * (code - zero)));
  });
  return numbers;
}

void NumberKeeper::on_node(NodeId node, std::span<const TensorView> outputs) {
  for (std::size_t k = 0; node.in_main() && k < outputs.size(); ++k) {
    auto values = outputs[k].present() ? real_values(outputs[k]) : std::vector<float>();
    if (!values.empty()) numbers[graph_.nodes[node.index].outputs[k]] = std::move(values);
  }
}

Result<std::unique_ptr<FloatNetwork>> FloatNetwork::of(const Session& quantized, const SessionOptions& options,
                                                       std::int64_t most_products) {
  std::unique_ptr<FloatNetwork> network(new FloatNetwork(quantized));
  NPUTWIN_RETURN_IF_ERROR(network->prepare(options, most_products));
  return network;
}

Status FloatNetwork::prepare(const SessionOptions& options, std::int64_t most_products) {
  const Graph& graph = quantized_.graph();
  const Preparation& known = quantized_.preparation();
  auto model = std::make_shared<Model>(quantized_.model());
  Graph& floats = model->graphs.front();
  for (std::size_t t = 0; t < floats.tensors.size(); ++t) {
    ModelTensor& tensor = floats.tensors[t];
    const TensorSpec& spec = known.specs()[t];
    const bool is_code = has_codes(spec.type) && spec.quantization.per_tensor();
    tensor.spec.shape = spec.shape;
    if (!is_code) continue;
    tensor.spec.type = DType::kFloat32;
    tensor.spec.quantization = {};
    tensor.constant.reset();
    if (!known.constant(t)) continue;
    const auto numbers = real_values({&spec, *known.constant(t)});
    constants_[static_cast<int>(t)] = numbers;
    model->storage.push_back(std::make_shared<Blob>(std::as_bytes(std::span(numbers))));
    tensor.constant = model->storage.back()->bytes();
  }
  std::int64_t products = 0;
  by_.assign(graph.nodes.size(), By::kSession);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const MacKernel* layer = layer_of(quantized_, n);
    const bool is_layer = layer != nullptr;
    if (is_layer)
      products += layer->layer().products(known.specs()[static_cast<std::size_t>(node.outputs[0])].elements());
    if (!is_layer && !is_copy(node)) continue;
    by_[n] = is_layer ? By::kLayer : By::kCopy;
    for (const int t : node.outputs) {
      if (t >= 0 && !floats.tensors[static_cast<std::size_t>(t)].constant) floats.inputs.push_back(t);
    }
    Node& left_out = floats.nodes[n];
    left_out.left_out = true;
    left_out.inputs.clear();
    left_out.outputs.clear();
  }
  if (products > most_products)
    return error("a run in numbers takes {:.1f} thousand million products", static_cast<double>(products) / 1e9);
  for (std::size_t k = 0; k < floats.inputs.size(); ++k) input_of_[floats.inputs[k]] = k;
  std::erase_if(floats.outputs, [&](int t) { return input_of_.contains(t); });
  SessionOptions alone = options;
  alone.on_cpu.clear();
  alone.input_shapes.clear();
  NPUTWIN_ASSIGN_OR_RETURN(Profile profile, resolve_profile("litert-2.3-x86-ref"));
  NPUTWIN_ASSIGN_OR_RETURN(Session session, Session::prepare(std::move(model), std::move(profile), alone));
  others_ = std::make_unique<Session>(std::move(session));
  pool_ = std::make_unique<ThreadPool>(options.threads);
  return {};
}

/// Keeps a tensor's numbers, and gives them to those who read them.
Status FloatNetwork::take(int tensor, std::vector<float> numbers) {
  if (const auto input = input_of_.find(tensor); input != input_of_.end()) {
    const TensorView view{&others_->input_spec(input->second), std::as_bytes(std::span(numbers))};
    NPUTWIN_RETURN_IF_ERROR(others_->set_input(input->second, view));
  }
  numbers_[tensor] = std::move(numbers);
  return {};
}

std::vector<float> FloatNetwork::layer_outputs(std::size_t n) const {
  const Node& node = quantized_.graph().nodes[n];
  const MacLayer& layer = layer_of(quantized_, n)->layer();
  const auto& specs = quantized_.preparation().specs();
  const auto spec_of = [&](int t) -> const TensorSpec& { return specs[static_cast<std::size_t>(t)]; };
  const TensorSpec& out = spec_of(node.outputs[0]);
  const TensorSpec& weights = spec_of(node.inputs[layer.weights_input]);
  const double in_scale = spec_of(node.inputs[layer.activations_input]).scale();
  const std::vector<float>& input = numbers_.at(node.inputs[layer.activations_input]);
  const std::vector<float>* computed =
      layer.weights.computed ? &numbers_.at(node.inputs[layer.weights_input]) : nullptr;
  const std::vector<float> own(layer.weights.values.begin(), layer.weights.values.end());
  const std::vector<float>* factors = computed != nullptr ? computed : &own;
  const auto channels = static_cast<std::size_t>(out.shape.back());
  const auto range = activation_range({"", DType::kInt32, {}, {{1}, {0}, 0}}, node.attributes);
  const auto elements = static_cast<std::size_t>(out.elements());
  const auto sums = sums_in_numbers(layer, channels, elements, input, *factors, *pool_);
  const auto& scales = weights.quantization.scale;
  std::vector<float> values(elements);
  for (std::size_t e = 0; e < elements; ++e) {
    const double scale = computed != nullptr ? 1 : double{scales[scales.size() == 1 ? 0 : e % channels]};
    double value = sums[e] * scale + static_cast<double>(layer.bias(static_cast<std::int64_t>(e))) * in_scale * scale;
    if (range) value = std::clamp(value, static_cast<double>(range->lo), static_cast<double>(range->hi));
    values[e] = static_cast<float>(value);
  }
  return values;
}

Status FloatNetwork::run(std::span<const Tensor> inputs) {
  const Graph& graph = quantized_.graph();
  numbers_ = constants_;
  others_->reset_state();
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const TensorSpec& spec = inputs[k].spec;
    const bool is_number = has_codes(spec.type) && spec.quantization.per_tensor();
    if (is_number || spec.type == DType::kFloat32) {
      NPUTWIN_RETURN_IF_ERROR(take(graph.inputs[k], real_values(inputs[k].view())));
    } else {
      NPUTWIN_RETURN_IF_ERROR(others_->set_input(k, inputs[k].view()));
    }
  }
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (node.left_out) continue;
    if (by_[n] == By::kLayer) {
      NPUTWIN_RETURN_IF_ERROR(take(node.outputs[0], layer_outputs(n)));
    } else if (by_[n] == By::kCopy) {
      const auto from = node.inputs.empty() ? numbers_.end() : numbers_.find(node.inputs[0]);
      if (from != numbers_.end()) NPUTWIN_RETURN_IF_ERROR(take(node.outputs[0], std::vector<float>(from->second)));
    } else {
      NPUTWIN_RETURN_IF_ERROR(others_->step(n));
      const auto outputs = others_->node_outputs(n);
      for (std::size_t k = 0; k < outputs.size(); ++k) {
        if (outputs[k].present() && outputs[k].spec->type == DType::kFloat32)
          numbers_[node.outputs[k]] = real_values(outputs[k]);
      }
    }
  }
  return {};
}

}  // namespace nputwin
