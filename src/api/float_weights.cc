#include "api/float_weights.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "io/npz.h"
#include "io/tflite/reader.h"

namespace nputwin::api {
namespace {

constexpr std::array<std::string_view, 4> kLayers{"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV"};

/// The tensors of a graph's weights, in the order of its layers.
std::vector<int> weights_of(const Graph& graph) {
  std::vector<int> weights;
  for (const Node& node : graph.nodes) {
    if (std::ranges::find(kLayers, node.op) == kLayers.end() || node.inputs.size() < 2) continue;
    if (graph.tensor(node.inputs[1]).constant) weights.push_back(node.inputs[1]);
  }
  return weights;
}

/// A file's numbers, by name and in the order of layers.
struct Source {
  std::map<std::string, std::vector<float>> by_name;
  std::vector<std::pair<Shape, std::vector<float>>> in_order;
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
      if (tensor.spec.type == DType::kFloat32) source.by_name[name] = floats_of(tensor.view());
    }
    return source;
  }
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, parse_tflite(file, path));
  for (const int t : weights_of(model->main())) {
    const ModelTensor& tensor = model->main().tensor(t);
    if (tensor.spec.type != DType::kFloat32) continue;
    auto numbers = floats_of({&tensor.spec, *tensor.constant});
    source.by_name[tensor.spec.name] = numbers;
    source.in_order.emplace_back(tensor.spec.shape, std::move(numbers));
  }
  return source;
}

}  // namespace

Result<FloatWeights> read_float_weights(const std::string& path, const Model& model, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const Source source, source_of(path));
  const Graph& graph = model.main();
  const std::vector<int> weights = weights_of(graph);
  const bool in_order = source.in_order.size() == weights.size();
  FloatWeights found;
  std::string missing;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const TensorSpec& spec = graph.spec(weights[i]);
    const auto named = source.by_name.find(spec.name);
    if (named != source.by_name.end() && static_cast<std::int64_t>(named->second.size()) == spec.elements()) {
      found[weights[i]] = named->second;
    } else if (in_order && source.in_order[i].first == spec.shape) {
      found[weights[i]] = source.in_order[i].second;
    } else {
      missing += (missing.empty() ? "'" : ", '") + spec.name + "'";
    }
  }
  if (found.empty())
    return error("{}: has float32 values for none of the weights of {}, neither by name nor layer by layer", path,
                 model.path);
  if (!missing.empty()) callbacks.say(fmt::format("{}: has no numbers for {}", path, missing));
  return found;
}

}  // namespace nputwin::api
