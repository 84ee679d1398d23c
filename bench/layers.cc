#include "layers.h"

#include <fmt/format.h>

#include <cmath>
#include <random>

#include "model/one_op_model.h"

namespace nputwin::bench {
namespace {

constexpr float kInputScale = 0.02F, kWeightScale = 0.005F;

/// How many products a sum has.
std::int64_t depth_of(const LayerShape& s) {
  const std::int64_t window = std::int64_t{s.size} * s.size;
  return s.kind == LayerShape::Kind::kDepthwise ? window : window * s.channels_in;
}

template <typename T>
std::vector<T> random_values(std::size_t count, int lowest, int highest, std::uint32_t seed) {
  std::mt19937 engine(seed);
  std::uniform_int_distribution<int> any(lowest, highest);
  std::vector<T> values(count);
  for (T& value : values) value = static_cast<T>(any(engine));
  return values;
}

/// Of one scale for each channel; uint8 has one in all.
Quantization weight_quantization(const LayerShape& s, int axis) {
  if (s.type == DType::kUInt8) return {{kWeightScale}, {127}, 0};
  const auto channels = static_cast<std::size_t>(s.channels_out);
  Quantization q{std::vector<float>(channels), std::vector<std::int32_t>(channels, 0), axis};
  for (std::size_t c = 0; c < channels; ++c) q.scale[c] = kWeightScale * (1 + 0.3F * std::sin(static_cast<float>(c)));
  return q;
}

void add_weights(OneOpModel& op, const LayerShape& s, const Shape& shape, int axis) {
  const auto count = static_cast<std::size_t>(element_count(shape).value_or(0));
  const Quantization q = weight_quantization(s, axis);
  if (s.type == DType::kUInt8)
    op.constant(shape, random_values<std::uint8_t>(count, 0, 255, 1), q);
  else
    op.constant(shape, random_values<std::int8_t>(count, -127, 127, 1), q);
}

void add_bias(OneOpModel& op, const LayerShape& s) {
  Quantization q = weight_quantization(s, 0);
  q.zero_point.assign(q.scale.size(), 0);
  for (float& scale : q.scale) scale *= kInputScale;
  op.constant({s.channels_out}, random_values<std::int32_t>(static_cast<std::size_t>(s.channels_out), -4000, 4000, 2),
              q);
}

void add_strides(OneOpModel& op, const LayerShape& s) {
  op.attribute("padding", std::int64_t{0});  // SAME
  op.attribute("fused_activation_function", std::int64_t{0});
  for (const char* key : {"stride_w", "stride_h"}) op.attribute(key, std::int64_t{s.stride});
}

}  // namespace

std::string LayerShape::name() const {
  const std::string codes = type == DType::kUInt8 ? " uint8" : "";
  if (kind == Kind::kRow) return fmt::format("one row {}->{}{}", channels_in, channels_out, codes);
  const std::string channels = kind == Kind::kDepthwise ? fmt::format("depthwise x{}", channels_in)
                                                        : fmt::format("{}->{}", channels_in, channels_out);
  return fmt::format("{}{}x{} {}{}, {}x{}{}", kind == Kind::kTransposed ? "transposed " : "", size, size, channels,
                     stride > 1 ? fmt::format(" s{}", stride) : "", height, width, codes);
}

bool LayerShape::is_big(std::int64_t products) const {
  return kind != Kind::kDepthwise && products >= 20'000'000 && depth_of(*this) >= 64 && channels_out >= 16;
}

std::span<const LayerShape> layer_shapes() {
  using enum LayerShape::Kind;
  static const LayerShape kShapes[] = {
      {kConv, 3, 2, 224, 224, 3, 32},       {kConv, 5, 1, 128, 128, 3, 48},
      {kConv, 3, 2, 96, 96, 1, 8},          {kConv, 1, 1, 112, 112, 32, 16},
      {kConv, 1, 1, 112, 112, 16, 96},      {kConv, 1, 1, 56, 56, 96, 24},
      {kConv, 1, 1, 14, 14, 96, 576},       {kConv, 1, 1, 7, 7, 576, 160},
      {kConv, 1, 1, 7, 7, 320, 1280},       {kConv, 1, 1, 33, 33, 512, 256, DType::kUInt8},
      {kConv, 1, 1, 128, 128, 32, 32},      {kConv, 3, 1, 32, 32, 16, 16},
      {kConv, 3, 1, 16, 16, 32, 32},        {kConv, 3, 1, 8, 8, 64, 64},
      {kConv, 3, 1, 540, 960, 32, 32},      {kConv, 3, 1, 23, 23, 64, 256},
      {kDepthwise, 3, 1, 112, 112, 32, 32}, {kDepthwise, 3, 2, 112, 112, 96, 96},
      {kDepthwise, 3, 1, 14, 14, 576, 576}, {kDepthwise, 5, 1, 128, 128, 48, 48},
      {kRow, 1, 1, 1, 1, 856, 214},         {kRow, 1, 1, 1, 1, 1280, 1001},
      {kTransposed, 2, 2, 16, 16, 64, 32},  {kTransposed, 3, 2, 32, 32, 32, 16},
  };
  return kShapes;
}

std::shared_ptr<const Model> layer_model(const LayerShape& s) {
  using enum LayerShape::Kind;
  const std::int32_t zero = s.type == DType::kUInt8 ? 131 : 3;
  const Quantization input{{kInputScale}, {zero}, 0};
  const Shape pixels{1, s.height, s.width, s.channels_in};
  const char* const kOps[] = {"CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED"};
  OneOpModel op(kOps[static_cast<int>(s.kind)]);
  switch (s.kind) {
    case kConv:
      op.input({"x", s.type, pixels, input});
      add_weights(op, s, {s.channels_out, s.size, s.size, s.channels_in}, 0);
      break;
    case kDepthwise:
      op.input({"x", s.type, pixels, input});
      add_weights(op, s, {1, s.size, s.size, s.channels_out}, 3);
      op.attribute("depth_multiplier", std::int64_t{1});
      break;
    case kTransposed:
      op.constant<std::int32_t>({4}, {1, s.height * s.stride, s.width * s.stride, s.channels_out});
      add_weights(op, s, {s.channels_out, s.size, s.size, s.channels_in}, 0);
      op.input({"x", s.type, pixels, input});
      break;
    case kRow:
      op.input({"x", s.type, {1, s.channels_in}, input});
      add_weights(op, s, {s.channels_out, s.channels_in}, 0);
      break;
  }
  add_bias(op, s);
  if (s.kind != kRow) add_strides(op, s);
  // Codes spread over some sixty steps: a product of two codes is 73 * 73 in the root of its mean square.
  const float spread = kInputScale * kWeightScale * 73 * 73 * std::sqrt(static_cast<float>(depth_of(s)));
  return op.output(s.type, {{spread / 30}, {s.type == DType::kUInt8 ? 120 : -7}, 0});
}

}  // namespace nputwin::bench
