#include "analysis/harden/layer_constants.h"

#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace {

void set_bias(HardenBench& bench, const lint_rules::Layer& layer, const std::vector<std::int64_t>& biases) {
  const TensorSpec& spec = bench.spec(layer.bias);
  const float in = bench.spec(layer.input).scale();
  const auto& weights = bench.spec(layer.weights).quantization.scale;
  Quantization q = spec.quantization;
  if (!q.empty()) {
    const bool each = q.scale.size() == biases.size() && weights.size() == biases.size();
    for (std::size_t c = 0; c < q.scale.size(); ++c) q.scale[c] = in * weights[each ? c : 0];
    const bool moved =
        in != bench.spec_before(layer.input).scale() || weights != bench.spec_before(layer.weights).quantization.scale;
    if (moved) bench.set_quantization(layer.bias, q);
  }
  bool same = true;
  for (std::size_t c = 0; c < biases.size(); ++c) same = same && biases[c] == layer.bias_of(c);
  if (same) return;
  std::vector<std::int32_t> narrow;
  narrow.reserve(biases.size());
  for (const std::int64_t b : biases) narrow.push_back(saturate_cast<std::int32_t>(b));
  bench.set_constant(layer.bias,
                     spec.type == DType::kInt64 ? std::as_bytes(std::span(biases)) : std::as_bytes(std::span(narrow)));
}

}  // namespace

void set_weights(HardenBench& bench, const lint_rules::Layer& layer, const LayerRules& rules,
                 const std::vector<ChannelResult>& channels) {
  TensorSpec spec = bench.spec(layer.weights);
  for (std::size_t c = 0; c < spec.quantization.scale.size(); ++c) spec.quantization.scale[c] = channels[c].scale;
  bench.set_quantization(layer.weights, spec.quantization);
  bool same = true;
  for (std::size_t c = 0; c < channels.size(); ++c) same = same && channels[c].weights == rules.weights(c);
  if (same) return;
  const Bytes before = *bench.constant(layer.weights);
  std::vector<std::byte> bytes(before.begin(), before.end());
  with_code_type(spec.type, [&](auto type) {
    using Code = decltype(type);
    auto* codes = reinterpret_cast<Code*>(bytes.data());
    const auto& zeros = spec.quantization.zero_point;
    for (std::size_t c = 0; c < channels.size(); ++c) {
      const auto places = rules.places(c);
      for (std::size_t i = 0; i < places.size(); ++i)
        codes[places[i]] = static_cast<Code>(channels[c].weights[i] + zeros[zeros.size() == 1 ? 0 : c]);
    }
  });
  bench.set_constant(layer.weights, bytes);
}

void set_biases(HardenBench& bench, const lint_rules::Layer& layer, const std::vector<ChannelResult>& channels) {
  std::vector<std::int64_t> biases;
  biases.reserve(channels.size());
  for (const ChannelResult& r : channels) biases.push_back(r.bias);
  set_bias(bench, layer, biases);
}

void keep_bias_number(HardenBench& bench, const lint_rules::Layer& layer) {
  if (layer.bias < 0 || !bench.graph().tensor(layer.bias).constant || readers_of(bench.graph(), layer.bias) > 1) return;
  const double ratio = double{bench.spec_before(layer.input).scale()} / double{bench.spec(layer.input).scale()};
  if (ratio == 1) return;
  std::vector<std::int64_t> biases;
  const auto count = static_cast<std::size_t>(bench.spec(layer.bias).elements());
  biases.reserve(count);
  for (std::size_t c = 0; c < count; ++c)
    biases.push_back(static_cast<std::int64_t>(std::nearbyint(static_cast<double>(layer.bias_of(c)) * ratio)));
  set_bias(bench, layer, biases);
}

}  // namespace nputwin
