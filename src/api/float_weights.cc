#include "api/float_weights.h"

#include <algorithm>
#include <cmath>

#include "analysis/lint/layers.h"
#include "analysis/prove/codes.h"
#include "base/file.h"
#include "io/npz.h"
#include "io/tflite/reader.h"
#include "tensor/code_types.h"

namespace nputwin::api {
namespace {

/// A layer's op, and the tensor of its weights.
struct WeightedLayer {
  std::string op;
  int weights;
};
/// A graph's layers with constant weights, in order.
std::vector<WeightedLayer> weighted_layers(const Graph& graph) {
  std::vector<WeightedLayer> layers;
  for (const Node& node : graph.nodes) {
    const auto* operands = lint_rules::layer_operands(node.op);
    if (operands == nullptr || operands->weights >= node.inputs.size()) continue;
    const int t = node.inputs[operands->weights];
    if (t >= 0 && graph.tensor(t).constant) layers.push_back({node.op, t});
  }
  return layers;
}

/// Whether codes can have been made of the numbers: of most, the code is the nearest or the one beside it.
bool are_of(const std::vector<float>& numbers, const ModelTensor& weights) {
  const TensorSpec& spec = weights.spec;
  const auto& scales = spec.quantization.scale;
  const auto& zeros = spec.quantization.zero_point;
  if (scales.empty() || !has_codes(spec.type)) return false;
  std::int64_t inner = 1;
  for (std::size_t d = static_cast<std::size_t>(spec.quantization.axis) + 1; d < spec.shape.size(); ++d)
    inner *= spec.shape[d];
  std::size_t far = 0;
  bool finite = true;
  with_code_type(spec.type, [&](auto type) {
    const auto codes = TensorView{&spec, *weights.constant}.template as<decltype(type)>();
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const std::size_t c = scales.size() == 1 ? 0 : i / static_cast<std::size_t>(inner) % scales.size();
      const double code = double{numbers[i]} / double{scales[c]} + zeros[zeros.size() == 1 ? 0 : c];
      finite = finite && std::isfinite(code);
      far += std::abs(code - codes[i]) > 1 ? 1 : 0;
    }
  });
  constexpr std::size_t kMostFar = 10;  // of a hundred: clipped ones
  return finite && far * 100 <= numbers.size() * kMostFar;
}

/// A file's numbers, by name and in the order of layers.
struct Numbers {
  std::string op;  // of the layer; empty: not known
  Shape shape;
  std::vector<float> values;
};
struct Source {
  std::map<std::string, Numbers> by_name;
  std::vector<Numbers> in_order;
};

std::vector<float> floats_of(const TensorView& view) {
  const auto values = view.as<float>();
  return {values.begin(), values.end()};
}

Result<Source> source_of(const std::string& path) {
  Source source;
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path));
  if (is_zip(file->bytes())) {
    NPUTWIN_ASSIGN_OR_RETURN(const TensorSet set, read_npz(path));
    for (const auto& [name, tensor] : set) {
      if (tensor.spec.type == DType::kFloat32) source.by_name[name] = {"", tensor.spec.shape, floats_of(tensor.view())};
    }
    return source;
  }
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, parse_tflite(file, path));
  for (const auto& [op, weights] : weighted_layers(model->main())) {
    const ModelTensor& tensor = model->main().tensor(weights);
    if (tensor.spec.type != DType::kFloat32) continue;
    source.in_order.push_back({op, tensor.spec.shape, floats_of({&tensor.spec, *tensor.constant})});
    source.by_name[tensor.spec.name] = source.in_order.back();
  }
  return source;
}

}  // namespace

Result<FloatWeights> read_float_weights(const std::string& path, const Model& model, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const Source source, source_of(path));
  const Graph& graph = model.main();
  const auto layers = weighted_layers(graph);
  const bool in_order = source.in_order.size() == layers.size();
  FloatWeights found;
  std::string missing;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const int t = layers[i].weights;
    const TensorSpec& spec = graph.spec(t);
    const auto named = source.by_name.find(spec.name);
    const Numbers* numbers = named != source.by_name.end() ? &named->second : nullptr;
    if (numbers == nullptr && in_order && source.in_order[i].op == layers[i].op) numbers = &source.in_order[i];
    if (numbers != nullptr && numbers->shape == spec.shape && are_of(numbers->values, graph.tensor(t))) {
      found[t] = numbers->values;
    } else {
      missing += (missing.empty() ? "'" : ", '") + spec.name + "'";
    }
  }
  if (found.empty())
    return error(
        "{}: has float32 values for none of the weights of {}, neither by name nor layer by layer: of one "
        "shape, and such as the codes can have been made of",
        path, model.path);
  if (!missing.empty()) callbacks.say(fmt::format("{}: has no numbers of which {} can have been made", path, missing));
  return found;
}

}  // namespace nputwin::api
