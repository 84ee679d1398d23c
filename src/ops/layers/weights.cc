#include "ops/layers/weights.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "mac/backend.h"
#include "ops/checks.h"
#include "profile/profile.h"

namespace nputwin {
namespace {

/// Neighbours that have one index c along `axis`, in memory order: calls f(first, count, c).
template <typename F>
void for_each_channel_of(const Shape& shape, int axis, F&& f) {
  std::int64_t inner = 1;
  for (std::size_t d = static_cast<std::size_t>(axis) + 1; d < shape.size(); ++d) inner *= shape[d];
  const auto channels = static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
  const auto count = static_cast<std::size_t>(element_count(shape).value_or(0)), run = static_cast<std::size_t>(inner);
  for (std::size_t i = 0; i < count;) {
    for (std::size_t c = 0; c < channels; ++c, i += run) f(i, run, c);
  }
}

Status check_scales(const TensorSpec& weights, std::int64_t channels, int axis, const LayerInputs& which) {
  const auto& q = weights.quantization;
  if (q.empty()) return error("weights '{}' have no scale", weights.name);
  if (!q.per_tensor() && static_cast<std::int64_t>(q.scale.size()) != channels) {
    return error("weights '{}' have {} scales, expected 1 or {} (one a channel)", weights.name, q.scale.size(),
                 channels);
  }
  if (!q.per_tensor() && q.axis != axis && !which.any_axis) {
    return error("weights '{}' are quantized along axis {}, expected {}", weights.name, q.axis, axis);
  }
  const CodeRange range = code_range(weights.type);
  for (const auto zero : q.zero_point) {
    if (weights.type == DType::kInt8 && which.int8_zero == WeightZero::kMustBeZero && zero != 0) {
      return error("int8 weights '{}' have zero point {}, expected 0 (TFLite's quantization specification)",
                   weights.name, zero);
    }
    if (zero < range.lo || zero > range.hi)
      return error("weights '{}' have zero point {}, outside {}", weights.name, zero, name(weights.type));
  }
  return {};
}

Status read_bias(const PrepareContext& node, std::int64_t channels, LayerInputs which, LayerWeights& layer) {
  layer.bias.assign(static_cast<std::size_t>(channels), 0);
  if (!node.has_input(which.bias)) return {};
  const TensorSpec& spec = node.input(which.bias);
  if (node.input(which.activations).type == DType::kInt16) {
    NPUTWIN_RETURN_IF_ERROR(check_type(spec, {DType::kInt32, DType::kInt64}, "bias"));
  } else {
    NPUTWIN_RETURN_IF_ERROR(check_type(spec, {DType::kInt32}, "bias"));
  }
  if (spec.elements() != channels) {
    return error("bias '{}' has {} values, expected {} (one a channel)", spec.name, spec.elements(), channels);
  }
  if (!node.inputs[which.bias].constant)
    return error("bias '{}' is computed while the model runs; only constants are supported", spec.name);
  const TensorView values{&spec, *node.inputs[which.bias].constant};
  if (spec.type == DType::kInt32) {
    std::ranges::copy(values.as<std::int32_t>(), layer.bias.begin());
  } else {
    std::ranges::copy(values.as<std::int64_t>(), layer.bias.begin());
  }
  constexpr std::int64_t kMost = std::int64_t{1} << 46;  // sums stay inside the 48 bits that the int16 rule takes
  for (const std::int64_t b : layer.bias) {
    if (b > kMost || b < -kMost) return error("bias '{}' holds {}, which is beyond 47 bits", spec.name, b);
  }
  return {};
}

/// Makes weights with a scale for each channel such with one scale, all in steps of 8 bits, and the bias to go with
/// them:
///
///   s = (max - min(min, 0)) / 255, z = half_away(-min / s) over all weights w = s_c * q, in binary32
///   q' = (half_away(w / s) + z) mod 256 - z, bias' = half_away(s_bias * bias / (s * s_in))
///
/// Source: Mesa etnaviv_ml_nn.c, calc_quantization, requantize_weights, requantize_bias.
Status requantize_weights(const PrepareContext& node, LayerInputs which, int axis, std::vector<float>& scales,
                          std::vector<std::int16_t>& values, LayerWeights& layer) {
  const TensorSpec& weights = node.input(which.weights);
  std::vector<float> real(values.size());
  float least = 0, most = 0;
  for_each_channel_of(weights.shape, axis, [&](std::size_t first, std::size_t count, std::size_t c) {
    for (std::size_t at = first; at < first + count; ++at) {
      real[at] = scales[c] * static_cast<float>(values[at]);
      least = std::min(least, real[at]);
      most = std::max(most, real[at]);
    }
  });
  const float scale = (most - least) / 255.0F;
  if (!(scale > 0) || std::isinf(scale))
    return error("weights '{}' range from {} to {}, which gives no scale for all of them", weights.name, least, most);
  const auto steps = [](double x, double step) {
    return std::int64_t{round_real(x / step, Rounding::kHalfAwayFromZero)};
  };
  const std::int64_t zero = steps(-static_cast<double>(least / scale), 1);
  for (std::size_t at = 0; at < real.size(); ++at) {
    values[at] = static_cast<std::int16_t>(
        ((steps(static_cast<double>(real[at]), static_cast<double>(scale)) + zero) & 255) - zero);
  }
  const float s_in = node.input(which.activations).scale();
  for (std::size_t c = 0; c < layer.bias.size(); ++c) {
    const float product = scales[c] * s_in;  // the bias' scale by the format's specification
    layer.bias[c] =
        steps(static_cast<double>(product * static_cast<float>(layer.bias[c])), static_cast<double>(scale * s_in));
  }
  std::ranges::fill(scales, scale);
  return {};
}

/// Bounds every partial sum by the sum of all |weight| of a channel times the largest |input|.
void bound_sums(const TensorSpec& input, const Shape& weights, int axis, std::span<const std::int16_t> values,
                MacWeights& layer) {
  std::vector<std::int64_t> magnitude(layer.bias.size());
  constexpr std::size_t kMostAtOnce = 1 << 15;  // whose sum fits int32
  for_each_channel_of(weights, axis, [&](std::size_t first, std::size_t count, std::size_t c) {
    for (const std::size_t end = first + count; first < end;) {
      std::int32_t part = 0;
      for (const std::size_t stop = std::min(end, first + kMostAtOnce); first < stop; ++first)
        part += std::abs(std::int32_t{values[first]});
      magnitude[c] += part;
    }
  });
  const CodeRange codes = code_range(input.type);
  const std::int64_t zero = input.zero_point();
  const std::int64_t centred = std::max(std::abs(codes.lo - zero), std::abs(codes.hi - zero));
  for (std::size_t c = 0; c < layer.bias.size(); ++c) {
    const std::int64_t bias = std::abs(layer.bias[c]);
    layer.largest_accumulator = std::max(layer.largest_accumulator, magnitude[c] * centred + bias);
  }
}

}  // namespace

RequantizeRule rule_for_scales(RequantizeRule rule, bool per_channel) {
  if (per_channel && rule.scale == RequantizeRule::Scale::kBinary32Product)
    rule.scale = RequantizeRule::Scale::kBinary64;
  return rule;
}

Status check_bias_is_an_input(const PrepareContext& context) {
  const bool left_out = context.inputs.size() == 3 && !context.has_input(2);
  if (!left_out || !in_tflite(context)) return {};
  return error("the bias is left out (-1): {} says that tensor 2 was optional but was expected",
               name(context.profile->registry));
}

void warn_of_unread_scales(const PrepareContext& context) {
  const TensorSpec& weights = context.input(1);
  context.warn(
      fmt::format("'{}' has {} scales, and the kernel reads one of the tensor, which is 0: every output is its zero "
                  "point; quantize '{}' with one scale",
                  weights.name, weights.quantization.scale.size(), weights.name));
}

Status check_layer_types(const NodeView& node, LayerInputs which) {
  const TensorSpec& in = node.input(which.activations);
  NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kInt8, DType::kUInt8, DType::kInt16}, "input"));
  for (const TensorSpec* spec : {&in, &node.output()}) {
    NPUTWIN_RETURN_IF_ERROR(check_type(*spec, {in.type}, spec == &in ? "input" : "output"));
    NPUTWIN_RETURN_IF_ERROR(check_per_tensor(*spec, spec == &in ? "input" : "output"));
    if (spec->type == DType::kInt16 && spec->zero_point() != 0)
      return error("'{}' is int16 with zero point {}, expected 0", spec->name, spec->zero_point());
  }
  return check_type(node.input(which.weights), {in.type == DType::kInt16 ? DType::kInt8 : in.type}, "weights");
}

namespace {

/// Whether the sum has 64 bits, else 32. An error where the runtime refuses the bias or misreads it.
Result<bool> is_wide(const PrepareContext& node, Int16SumWidth width, LayerInputs which) {
  const TensorSpec* bias = node.has_input(which.bias) ? &node.input(which.bias) : nullptr;
  const bool by_bias = bias != nullptr && bias->type == DType::kInt64;
  if (width == Int16SumWidth::kBias) return by_bias;
  if (width == Int16SumWidth::kBiasOr64) return by_bias || bias == nullptr;
  const auto option = node.attributes->integer("quantized_bias_type");
  const bool wide = option == info(DType::kInt64).tflite_code;
  if (width == Int16SumWidth::kBiasOrOption) return bias != nullptr ? by_bias : option == 0 || wide;
  if (option != 0) {
    if (bias != nullptr && wide != by_bias) {
      return error("bias '{}' is {} and quantized_bias_type is not: {} refuses it", bias->name, name(bias->type),
                   node.profile->name);
    }
    return width == Int16SumWidth::kBiasChecked ? by_bias : wide;
  }
  if (width == Int16SumWidth::kOptionOr64 && bias != nullptr && !by_bias) {
    return error(
        "bias '{}' is int32 and quantized_bias_type is not set: {} reads it as int64, beyond its end; set the option "
        "to INT32, or make the bias int64",
        bias->name, node.profile->name);
  }
  return width == Int16SumWidth::kOptionOr64 || by_bias;
}

}  // namespace

Int16SumRules convolution_sums(const Profile& /*profile*/, const Int16Rules& rules) {
  return {rules.convolution_width, rules.int64_sum, rules.int32_sum};
}

Result<RequantizeRule> layer_rule(const PrepareContext& node, const RequantizeRule& eight_bits, Int16Sums sums,
                                  LayerInputs which) {
  if (node.input(which.activations).type != DType::kInt16) return eight_bits;
  const Profile& profile = node.fallback_profile();
  if (!profile.int16) return error("what {} computes of int16 layers is not known", node.profile->name);
  const Int16SumRules rules = sums(profile, *profile.int16);
  NPUTWIN_ASSIGN_OR_RETURN(const bool wide, is_wide(node, rules.width, which));
  return wide ? rules.wide : rules.narrow;
}

Result<LayerWeights> layer_weights(const PrepareContext& node, RequantizeRule rule, int axis, LayerInputs which) {
  const TensorSpec& in = node.input(which.activations);
  const TensorSpec& weights = node.input(which.weights);
  // TensorFlow Lite Micro's convolutions neither look at the zero points of int8 weights nor subtract them.
  if (which.int8_zero == WeightZero::kMustBeZero && node.profile->registry == OpRegistry::kTflm)
    which.int8_zero = WeightZero::kIsDropped;
  if (!node.inputs[which.weights].constant) {
    return error("weights '{}' are computed while the model runs; only constants are supported", weights.name);
  }
  constexpr std::int64_t kMostWeights = 1 << 30;  // kernels index weights with int
  if (weights.elements() > kMostWeights) {
    return error("weights '{}' {} have more than {} values", weights.name, to_string(weights.shape), kMostWeights);
  }
  const std::int64_t channels = weights.shape.at(static_cast<std::size_t>(axis));
  NPUTWIN_RETURN_IF_ERROR(check_scales(weights, channels, axis, which));
  LayerWeights layer;
  NPUTWIN_RETURN_IF_ERROR(read_bias(node, channels, which, layer));

  const auto& q = weights.quantization;
  const auto per_channel = [&](const auto& list, std::int64_t c) {
    return list[q.per_tensor() ? 0 : static_cast<std::size_t>(c)];
  };
  rule = rule_for_scales(rule, !q.per_tensor());
  const bool drops_zero = weights.type == DType::kInt8 && which.int8_zero == WeightZero::kIsDropped;
  const TensorView view{&weights, *node.inputs[which.weights].constant};
  std::vector<std::int16_t> values(static_cast<std::size_t>(weights.elements()));
  std::vector<std::int32_t> zeros(static_cast<std::size_t>(channels));
  for (std::int64_t c = 0; c < channels && !drops_zero; ++c)
    zeros[static_cast<std::size_t>(c)] = per_channel(q.zero_point, c);
  const auto centre = [&](const auto codes) {
    for_each_channel_of(weights.shape, axis, [&](std::size_t first, std::size_t count, std::size_t c) {
      const auto zero = static_cast<std::int16_t>(zeros[c]);
      for (std::size_t at = first; at < first + count; ++at) values[at] = static_cast<std::int16_t>(codes[at] - zero);
    });
  };
  if (weights.type == DType::kUInt8) {
    centre(view.as<std::uint8_t>());
  } else {
    centre(view.as<std::int8_t>());
  }
  std::vector<float> scales;
  scales.reserve(static_cast<std::size_t>(channels));
  for (std::int64_t c = 0; c < channels; ++c) scales.push_back(per_channel(q.scale, c));
  if (node.profile->requantizes_weights && !q.per_tensor())
    NPUTWIN_RETURN_IF_ERROR(requantize_weights(node, which, axis, scales, values, layer));
  for (const float s : scales)
    layer.multipliers.push_back(effective_multiplier(rule, in.scale(), s, node.output().scale()));
  share_exponent(rule, layer.multipliers);
  bound_sums(in, weights.shape, axis, values, layer);
  layer.values = node.weights != nullptr ? node.weights->share(std::move(values)) : LayerValues(std::move(values));
  return layer;
}

Requantizer layer_requantizer(const PrepareContext& node, const LayerWeights& layer, const RequantizeRule& rule,
                              CodeRange clamp) {
  const TensorSpec& out = node.output();
  return {rule, layer.multipliers, out.zero_point(), clamp, out.type, layer.largest_accumulator};
}

std::unique_ptr<Kernel> layer_kernel(const PrepareContext& node, Taps taps, MacWeights weights, Epilogue epilogue,
                                     LayerInputs which) {
  MacLayer layer{std::move(taps),   std::move(weights), node.output().type, node.input(which.activations).zero_point(),
                 which.activations, which.weights};
  return make_mac_kernel(std::move(layer), std::move(epilogue), {node.isa, node.threads});
}

}  // namespace nputwin
