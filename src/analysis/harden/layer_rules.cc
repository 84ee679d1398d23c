#include "analysis/harden/layer_rules.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/prove/ideal.h"
#include "fixed/reaches.h"
#include "ops/activation.h"
#include "ops/layers/weights.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace {

/// The first sum from `from` on that can be.
std::int64_t at_or_after(const SumRange& sums, std::int64_t from) {
  if (from <= sums.lowest) return sums.lowest;
  const std::int64_t steps = (from - sums.lowest + sums.step - 1) / sums.step;
  return sums.lowest + steps * sums.step;
}

/// The least sum whose code is `code` or more, which there is. `near`: about where.
std::int64_t threshold(const Reaches& rule, const SumRange& sums, std::int32_t code, std::int64_t near) {
  const std::int64_t last = (sums.highest - sums.lowest) / sums.step;
  const auto reaches = [&](std::int64_t k) { return rule(sums.lowest + k * sums.step, code); };
  const std::int64_t guess = std::clamp<std::int64_t>((near - sums.lowest) / sums.step, 0, last);
  const auto back = [](std::int64_t k, std::int64_t by) { return std::max<std::int64_t>(k - by, 0); };
  std::int64_t below = guess, above = guess;  // in the end one does not reach it, the other does
  std::int64_t width = 1;
  if (reaches(guess)) {
    for (; above > 0 && reaches(back(above, width)); width *= 2) above = back(above, width);
    below = above == 0 ? -1 : back(above, width);
  } else {
    for (; !reaches(std::min(below + width, last)); width *= 2) below = std::min(below + width, last);
    above = std::min(below + width, last);
  }
  while (above - below > 1) {
    const std::int64_t middle = below + (above - below) / 2;
    (reaches(middle) ? above : below) = middle;
  }
  return sums.lowest + above * sums.step;
}

}  // namespace

std::optional<std::size_t> disagreeing(std::span<const SideRule> rules, const LayerScales& scales,
                                       const SumCodes& codes, const SumRange& sums) {
  const SumRange all{sums.lowest, at_or_after(sums, sums.highest - sums.step + 1), sums.step};
  const std::int64_t largest = std::max(std::abs(all.lowest), std::abs(all.highest));
  std::vector<Reaches> steps;
  steps.reserve(rules.size());
  std::vector<bool> differs(rules.size());
  double multiplier = 0;
  std::int32_t most = 0;  // the highest code that the first rule gives
  for (std::size_t r = 0; r < rules.size(); ++r) {
    const RequantizeRule& rule = rules[r].rule;
    const EffectiveMultiplier scale = effective_multiplier(rule, scales.in, scales.weight, scales.out);
    const ElementEpilogue step{rule, scale, codes.zero_point, codes.clamp};
    differs[r] = !(scale.binary64 > 0) || !step.rises(all.lowest, all.highest);
    if (differs[r] && rules[r].required) return std::nullopt;
    steps.emplace_back(rule, scale, codes.zero_point, largest);
    if (r > 0) continue;
    multiplier = multiplier_integers(rule, scale).real;
    most = step.code(all.highest);
  }
  const auto agree = [&](std::int64_t sum, std::int32_t code, bool reached) {
    for (std::size_t r = 1; r < steps.size(); ++r) {
      if (differs[r] || steps[r](sum, code) == reached) continue;
      if (rules[r].required) return false;
      differs[r] = true;
    }
    return true;
  };
  if (most < codes.clamp.hi && !agree(all.highest, most + 1, false)) return std::nullopt;
  // From the highest code down: the larger a product, the further apart rules of one rounding are.
  for (std::int32_t t = most; t > codes.clamp.lo; --t) {
    if (steps[0](all.lowest, t)) {  // and with it all sums
      if (!agree(all.lowest, t, true)) return std::nullopt;
      break;
    }
    const std::int64_t near = at_or_after(all, ideal_first(multiplier, codes.zero_point, t, all.lowest, all.highest));
    const std::int64_t first = threshold(steps[0], all, t, near);
    if (!agree(first, t, true) || !agree(first - all.step, t, false)) return std::nullopt;
  }
  return static_cast<std::size_t>(std::ranges::count(differs, true));
}

LayerRules LayerRules::of(const HardenBench& bench, std::size_t node) {
  LayerRules rules;
  bool any = false;
  for (std::size_t s = 0; s < bench.sides(); ++s) {
    const HardenSide& side = bench.side(s);
    if (bench.is_given_up(s, node)) continue;
    const bool required = side.required;
    const auto kernel = bench.kernel(s, node);
    if (!kernel && !required) continue;
    const MacKernel* mac = kernel ? mac_kernel_of(**kernel) : nullptr;
    if (mac == nullptr && !required) continue;
    if (mac == nullptr) {
      rules.unlike = kernel ? "it has no constant weights" : fmt::format("{}: {}", side.name, kernel.error().message);
      return rules;
    }
    const MacLayer& layer = mac->layer();
    const Epilogue& epilogue = mac->epilogue();
    if (!any) {
      rules.layer = layer;
      rules.by_channel.resize(static_cast<std::size_t>(epilogue.channels()));
      any = true;
    } else if (!(layer == rules.layer)) {
      if (!required) continue;
      rules.unlike = fmt::format("{} adds up other products than {}", side.name, bench.side(0).name);
      return rules;
    }
    if (layer.weights.computed) {
      rules.unlike = "its weights are computed while the model runs";
      return rules;
    }
    const Node& n = bench.graph().nodes[node];
    const TensorSpec &in = bench.spec(n.inputs[layer.activations_input]),
                     &weights = bench.spec(n.inputs[layer.weights_input]), &out = bench.spec(n.outputs[0]);
    const bool per_channel = !weights.quantization.per_tensor();
    const std::int64_t elements = out.elements();
    const int channels = epilogue.channels();
    int fewest_first = channels, most_first = 0;  // of a row's channels by the epilogue's first rule
    for (std::int64_t row = 0; row < elements / channels; ++row) {
      const int first = epilogue.by_first(row);
      fewest_first = std::min(fewest_first, first);
      most_first = std::max(most_first, first);
    }
    const SumCodes codes = sum_codes(out, n);
    const auto forms_otherwise = [&](std::int64_t element) {
      const auto& scales = weights.quantization.scale;
      const ElementEpilogue step = epilogue.element(element);
      const float of_weight = scales[scales.size() == 1 ? 0 : static_cast<std::size_t>(element % channels)];
      return step.zero_point != codes.zero_point || !(step.clamp == codes.clamp) ||
             !(step.scale ==
               effective_multiplier(rule_for_scales(step.rule, per_channel), in.scale(), of_weight, out.scale()));
    };
    bool otherwise = false;
    for (int c = 0; c < channels && elements > 0; ++c)
      otherwise = otherwise || forms_otherwise(c) || forms_otherwise(elements - channels + c);
    if (otherwise && !required) continue;
    const auto add = [&](std::size_t c, const RequantizeRule& rule) {
      const SideRule own{rule_for_scales(rule, per_channel), required};
      auto& list = rules.by_channel[c];
      const bool known = std::ranges::any_of(
          list, [&](const SideRule& r) { return r.rule == own.rule && (r.required || !own.required); });
      if (!known) list.push_back(own);
      if (rule.common_exponent && required)
        rules.unlike = fmt::format("{} forms its multipliers of all channels together", side.name);
    };
    if (otherwise) rules.unlike = fmt::format("{} multiplies or clamps otherwise than by the scales", side.name);
    for (int c = 0; c < channels; ++c) {
      // The first and the last element of a channel, whose rules are the epilogue's two.
      if (c < most_first) add(static_cast<std::size_t>(c), epilogue.rule(false));
      if (c >= fewest_first) add(static_cast<std::size_t>(c), epilogue.rule(true));
    }
  }
  for (auto& list : rules.by_channel)
    std::ranges::stable_sort(list, [](const SideRule& a, const SideRule& b) { return a.required > b.required; });
  return rules;
}

SumCodes sum_codes(const TensorSpec& output, const Node& layer) {
  const auto clamp = activation_range(output, layer.attributes);
  return {output.zero_point(), clamp ? *clamp : code_range(output.type)};
}

std::size_t readers_of(const Graph& graph, int tensor) {
  auto readers = static_cast<std::size_t>(std::ranges::count(graph.outputs, tensor));
  for (const Node& node : graph.nodes) readers += static_cast<std::size_t>(std::ranges::count(node.inputs, tensor));
  return readers;
}

bool LayerRules::has_codes_of(const ModelTensor& weights) const {
  const auto& zeros = weights.spec.quantization.zero_point;
  bool equal = true;
  with_code_type(weights.spec.type, [&](auto type) {
    const auto codes = TensorView{&weights.spec, *weights.constant}.template as<decltype(type)>();
    for (std::size_t c = 0; c < channels() && equal; ++c) {
      for (const std::size_t at : places(c))
        equal = equal && layer.weights.values[at] == codes[at] - zeros[zeros.size() == 1 ? 0 : c];
    }
  });
  return equal;
}

std::vector<std::size_t> LayerRules::places(std::size_t channel) const {
  const std::size_t count = layer.weights.values.size() / channels();
  std::vector<std::size_t> places;
  places.reserve(count);
  const bool last = std::holds_alternative<DepthwiseTaps>(layer.taps);  // the channel is the tensor's last dimension
  for (std::size_t i = 0; i < count; ++i) places.push_back(last ? i * channels() + channel : channel * count + i);
  return places;
}

std::vector<std::int32_t> LayerRules::weights(std::size_t channel) const {
  std::vector<std::int32_t> weights;
  for (const std::size_t at : places(channel)) weights.push_back(layer.weights.values[at]);
  return weights;
}

SumRange LayerRules::products(std::span<const std::int32_t> weights, CodeRange input) const {
  const std::int64_t lo = std::min(input.lo - layer.input_zero, 0), hi = std::max(input.hi - layer.input_zero, 0);
  SumRange sums{0, 0, 0};
  for (const std::int64_t w : weights) {
    sums.lowest += std::min(w * lo, w * hi);
    sums.highest += std::max(w * lo, w * hi);
    sums.step = std::gcd(sums.step, w);
  }
  if (sums.step == 0) sums.step = 1;
  return sums;
}

}  // namespace nputwin
