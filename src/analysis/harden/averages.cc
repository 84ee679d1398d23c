#include "analysis/harden/averages.h"

#include <algorithm>

#include "tensor/dtype.h"

namespace nputwin {
namespace {

/// The window that an average goes over, of codes that stand as `height`, `width` and `channels` behind the batch.
struct AverageWindow {
  int in_height = 1, in_width = 1, channels = 1;
  int height = 1, width = 1, stride_h = 1, stride_w = 1;
  std::int64_t activation = 0;

  [[nodiscard]] Shape seen(int batch) const { return {batch, in_height, in_width, channels}; }
  [[nodiscard]] Shape made(int batch) const {
    return {batch, (in_height - height) / stride_h + 1, (in_width - width) / stride_w + 1, channels};
  }
};

bool is_pool(const Node& node) { return node.op == "AVERAGE_POOL_2D"; }

/// The dimensions that a MEAN goes over, from 0 on, in rising order; none where they are not known.
std::vector<int> axes_of(const Graph& graph, const Node& node) {
  std::vector<int> axes;
  if (node.inputs.size() < 2 || node.inputs[1] < 0) return axes;
  const ModelTensor& tensor = graph.tensor(node.inputs[1]);
  if (!tensor.constant || tensor.spec.type != DType::kInt32) return axes;
  const int rank = static_cast<int>(graph.spec(node.inputs[0]).shape.size());
  for (const std::int32_t axis : TensorView{&tensor.spec, *tensor.constant}.as<std::int32_t>())
    axes.push_back(axis < 0 ? axis + rank : axis);
  std::ranges::sort(axes);
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  return axes;
}

/// Whether dimensions stand side by side, behind the batch.
bool is_run_behind_batch(const Shape& shape, const std::vector<int>& axes) {
  return !axes.empty() && axes.front() > 0 && axes.back() < static_cast<int>(shape.size()) &&
         axes.back() - axes.front() + 1 == static_cast<int>(axes.size());
}

AverageWindow window_of_pool(const Graph& graph, const Node& node) {
  const auto attribute = [&](const char* name, std::int64_t otherwise) {
    return static_cast<int>(node.attributes.integer(name, otherwise));
  };
  const Shape& in = graph.spec(node.inputs[0]).shape;
  return {in[1],
          in[2],
          in[3],
          attribute("filter_height", 1),
          attribute("filter_width", 1),
          attribute("stride_h", 1),
          attribute("stride_w", 1),
          node.attributes.integer("fused_activation_function")};
}

/// Dimensions before those that a MEAN goes over are rows, those behind them channels. Height and width stay as they
/// are.
AverageWindow window_of_mean(const Shape& in, const std::vector<int>& axes) {
  if (in.size() == 4 && axes == std::vector{1, 2}) return {in[1], in[2], in[3], in[1], in[2]};
  if (in.size() == 4 && axes == std::vector{1}) return {in[1], in[2], in[3], in[1]};
  AverageWindow window;
  for (int d = 1; d < static_cast<int>(in.size()); ++d) {
    int& seen = d < axes.front() ? window.in_height : d > axes.back() ? window.channels : window.in_width;
    seen *= in[static_cast<std::size_t>(d)];
  }
  window.width = window.in_width;
  return window;
}

AverageWindow window_of(const Graph& graph, const Node& node) {
  if (is_pool(node)) return window_of_pool(graph, node);
  return window_of_mean(graph.spec(node.inputs[0]).shape, axes_of(graph, node));
}

/// The code of all weights of an average over so many codes: even, so that sums can keep off the ties, and as large as
/// sums that binary32 holds exactly allow, so that there are many multipliers near the one that is wanted.
int weight_of_average(std::size_t codes) {
  constexpr std::size_t kLargest = 126, kCode = 255, kExact = 1 << 23;
  return static_cast<int>(std::clamp<std::size_t>(kExact / (codes * kCode) / 2 * 2, 2, kLargest));
}

template <typename T>
std::vector<std::byte> bytes_of(std::size_t count, T value) {
  const std::vector<T> values(count, value);
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

class Averages {
 public:
  explicit Averages(const Graph& graph) : graph_(graph) { change_.first_added = graph.tensors.size(); }

  void add(std::size_t n) {
    const Node& node = graph_.nodes[n];
    const TensorSpec &in = graph_.spec(node.inputs[0]), &out = graph_.spec(node.outputs[0]);
    const AverageWindow window = window_of(graph_, node);
    const int channels = window.channels;
    const auto codes = static_cast<std::size_t>(window.height) * static_cast<std::size_t>(window.width);
    const bool is_u8 = in.type == DType::kUInt8;  // whose weights have one scale
    const auto scales = is_u8 ? std::size_t{1} : static_cast<std::size_t>(channels);
    const int code = weight_of_average(codes);
    const float scale = 1.0F / (static_cast<float>(code) * static_cast<float>(codes));
    const std::vector<std::int32_t> zeros(scales, 0);
    const int weights = make({out.name + "/average_weights",
                              in.type,
                              {1, window.height, window.width, channels},
                              {std::vector<float>(scales, scale), zeros, is_u8 ? 0 : 3}},
                             bytes_of(codes * static_cast<std::size_t>(channels), static_cast<std::int8_t>(code)));
    const int bias = make({out.name + "/average_bias",
                           DType::kInt32,
                           {channels},
                           {std::vector<float>(scales, scale * in.scale()), zeros, 0}},
                          bytes_of<std::int32_t>(static_cast<std::size_t>(channels), 0));
    std::vector<Node>& nodes = change_.nodes[n];
    int from = node.inputs[0], made = node.outputs[0];
    if (const Shape seen = window.seen(in.shape[0]); seen != in.shape) {
      from = make({out.name + "/average_of", in.type, seen, in.quantization}, {});
      nodes.push_back(reshape(node.inputs[0], from));
    }
    if (const Shape shape = window.made(in.shape[0]); shape != out.shape)
      made = make({out.name + "/average", out.type, shape, out.quantization}, {});
    Node layer;
    layer.op = "DEPTHWISE_CONV_2D";
    layer.version = is_u8 ? 1 : 3;
    layer.inputs = {from, weights, bias};
    layer.outputs = {made};
    constexpr std::int64_t kValid = 1;
    layer.attributes = {{"padding", kValid},
                        {"stride_w", std::int64_t{window.stride_w}},
                        {"stride_h", std::int64_t{window.stride_h}},
                        {"depth_multiplier", std::int64_t{1}},
                        {"fused_activation_function", window.activation},
                        {"dilation_w_factor", std::int64_t{1}},
                        {"dilation_h_factor", std::int64_t{1}}};
    nodes.push_back(std::move(layer));
    if (made != node.outputs[0]) nodes.push_back(reshape(made, node.outputs[0]));
  }

  OpChange take() { return std::move(change_); }

 private:
  int make(TensorSpec spec, std::vector<std::byte> constant) {
    change_.tensors.push_back({std::move(spec), std::move(constant)});
    return static_cast<int>(graph_.tensors.size() + change_.tensors.size()) - 1;
  }

  [[nodiscard]] const TensorSpec& spec_of(int t) const {
    const auto added = static_cast<std::size_t>(t);
    return added < change_.first_added ? graph_.spec(t) : change_.tensors[added - change_.first_added].spec;
  }

  Node reshape(int from, int to) {
    Shape shape = spec_of(to).shape;
    if (!shape.empty()) shape[0] = -1;  // however many samples there are
    const auto bytes = std::as_bytes(std::span(shape));
    Node node;
    node.op = "RESHAPE";
    node.inputs = {from,
                   make({spec_of(to).name + "/average_shape", DType::kInt32, {static_cast<int>(shape.size())}, {}},
                        {bytes.begin(), bytes.end()})};
    node.outputs = {to};
    node.attributes = {{"new_shape", shape}};
    return node;
  }

  const Graph& graph_;
  OpChange change_;
};

}  // namespace

std::string no_layer_of_average(const Graph& graph, std::size_t n) {
  const Node& node = graph.nodes[n];
  if (!is_pool(node) && node.op != "MEAN") return "it is no average";
  const TensorSpec &in = graph.spec(node.inputs[0]), &out = graph.spec(node.outputs[0]);
  if (!is_8bit(in.type) || in.type != out.type || !in.quantization.per_tensor() || !out.quantization.per_tensor())
    return "its codes have no 8 bits";
  if (is_pool(node) && in.shape.size() != 4) return "the file does not say what shape comes in";
  if (!is_pool(node) && !is_run_behind_batch(in.shape, axes_of(graph, node)))
    return "it does not go over dimensions that stand side by side behind the batch";
  constexpr std::int64_t kMostWeights = 1 << 20;
  const AverageWindow window = window_of(graph, node);
  if (std::int64_t{window.height} * window.width * window.channels > kMostWeights)
    return "its window is so large that weights for it would swell the file";
  if (!is_pool(node)) return "";
  constexpr std::int64_t kValid = 1;
  const bool whole_windows = node.attributes.integer("padding") == kValid;
  return whole_windows ? "" : "its windows reach into the padding, and count fewer codes there";
}

OpChange averages_as_layers(const Graph& graph, const std::vector<std::size_t>& nodes) {
  Averages averages(graph);
  for (const std::size_t n : nodes) averages.add(n);
  return averages.take();
}

}  // namespace nputwin
