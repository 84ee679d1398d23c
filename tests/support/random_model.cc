#include "support/random_model.h"

#include <fmt/format.h>

namespace nputwin::test {
namespace {

/// Draws by reason: sizes around vector widths first.
class Draw {
 public:
  explicit Draw(std::uint32_t seed) : engine_(seed) {}

  int between(int lo, int hi) { return std::uniform_int_distribution<int>(lo, hi)(engine_); }
  int one_of(std::initializer_list<int> values) {
    return *(values.begin() + between(0, static_cast<int>(values.size()) - 1));
  }
  bool coin() { return between(0, 1) == 1; }
  int channels() { return one_of({1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 71}); }
  float scale(float middle) { return middle * std::uniform_real_distribution<float>(0.5F, 2.0F)(engine_); }
  int zero_point(DType type) {
    const CodeRange r = code_range(type);
    return one_of({r.lo, r.lo + 1, (r.lo + r.hi) / 2, r.hi - 1, r.hi, between(r.lo, r.hi)});
  }
  std::vector<std::uint8_t> codes(std::int64_t count) {
    std::vector<std::uint8_t> values;
    for (std::int64_t i = 0; i < count; ++i)
      values.push_back(static_cast<std::uint8_t>(coin() ? between(0, 255) : one_of({0, 1, 127, 128, 255})));
    return values;
  }
  std::vector<std::int32_t> biases(int count) {
    std::vector<std::int32_t> values;
    for (int i = 0; i < count; ++i) values.push_back(between(-20000, 20000));
    return values;
  }

 private:
  std::mt19937 engine_;
};

std::int64_t count(const Shape& shape) { return element_count(shape).value(); }

/// Weights of `type` with `channels` along `axis`.
int weights(ModelBuilder& b, Draw& draw, DType type, const Shape& shape, int channels, int axis) {
  Quantization q;
  q.axis = axis;
  const bool per_channel = type == DType::kInt8 && draw.coin();
  for (int c = 0; c < (per_channel ? channels : 1); ++c) {
    q.scale.push_back(draw.scale(0.006F));
    q.zero_point.push_back(type == DType::kInt8 ? 0 : draw.zero_point(type));
  }
  const auto codes = draw.codes(count(shape));
  if (type == DType::kUInt8) return b.constant<std::uint8_t>("w", shape, codes, q);
  return b.constant<std::int8_t>("w", shape,
                                 {reinterpret_cast<const std::int8_t*>(codes.data()),
                                  reinterpret_cast<const std::int8_t*>(codes.data()) + codes.size()},
                                 q);
}

RandomModel finish(ModelBuilder& b, Draw& draw, std::string description, std::vector<int> inputs) {
  b.inputs(inputs);
  b.outputs({static_cast<int>(b.graph().tensors.size()) - 1});
  RandomModel r{std::move(description), b.read(), b.bytes(), {}};
  for (const int t : inputs) r.inputs.push_back(to_bytes(draw.codes(count(b.graph().spec(t).shape))));
  return r;
}

/// A 4-D layer with weights: CONV_2D or DEPTHWISE_CONV_2D.
RandomModel windowed_layer(std::uint32_t seed, const std::string& op) {
  const bool depthwise = op == "DEPTHWISE_CONV_2D";
  Draw draw(seed);
  ModelBuilder b;
  const DType type = draw.coin() ? DType::kInt8 : DType::kUInt8;
  const int groups = !depthwise && draw.between(0, 4) == 0 ? draw.between(2, 3) : 1;
  const int in = depthwise ? draw.channels() : draw.one_of({1, 2, 3, 5, 8, 16, 17, 32}) * groups;
  const int out = depthwise ? in * draw.one_of({1, 1, 1, 2, 3}) : draw.channels() * groups;
  const int kh = draw.one_of({1, 1, 2, 3, 3, 5}), kw = draw.one_of({1, 1, 2, 3, 3, 5});
  const int padding = draw.between(0, 1);
  const int stride_h = draw.between(1, 3), stride_w = draw.between(1, 3);
  const int dilation_h = draw.one_of({1, 1, 1, 2}), dilation_w = draw.one_of({1, 1, 1, 2});
  const int activation = draw.one_of({0, 0, 1, 3});
  const int height = (kh - 1) * dilation_h + draw.between(1, 7), width = (kw - 1) * dilation_w + draw.between(1, 19);
  const int batch = draw.between(1, 2);
  const int x = b.tensor("x", type, {batch, height, width, in}, draw.scale(0.02F), draw.zero_point(type));
  const Shape shape = depthwise ? Shape{1, kh, kw, out} : Shape{out, kh, kw, in / groups};
  const int w = weights(b, draw, type, shape, out, depthwise ? 3 : 0);
  const int bias = b.constant<std::int32_t>("b", {out}, draw.biases(out));
  const int y = b.tensor("y", type, {}, draw.scale(0.05F), draw.zero_point(type));
  const std::string text =
      fmt::format("seed {} {} {} [{},{},{},{}] w {} strides {},{} dilation {},{} padding {}", seed, op, name(type),
                  batch, height, width, in, to_string(shape), stride_h, stride_w, dilation_h, dilation_w, padding);
  b.op(op, {x, w, bias}, {y},
       {{"padding", padding},
        {"stride_h", stride_h},
        {"stride_w", stride_w},
        {"dilation_h_factor", dilation_h},
        {"dilation_w_factor", dilation_w},
        {"fused_activation_function", activation}});
  return finish(b, draw, text, {x});
}

}  // namespace

RandomModel random_conv_2d(std::uint32_t seed) { return windowed_layer(seed, "CONV_2D"); }

RandomModel random_depthwise_conv_2d(std::uint32_t seed) { return windowed_layer(seed, "DEPTHWISE_CONV_2D"); }

RandomModel random_fully_connected(std::uint32_t seed) {
  Draw draw(seed);
  ModelBuilder b;
  const DType type = draw.coin() ? DType::kInt8 : DType::kUInt8;
  const int rows = draw.one_of({1, 1, 2, 5, 6, 7, 13}), depth = draw.one_of({1, 2, 3, 7, 8, 31, 64, 65, 200}),
            out = draw.channels();
  const int x = b.tensor("x", type, {rows, depth}, draw.scale(0.02F), draw.zero_point(type));
  const int w = weights(b, draw, type, {out, depth}, out, 0);
  const int bias = b.constant<std::int32_t>("b", {out}, draw.biases(out));
  const int y = b.tensor("y", type, {}, draw.scale(0.05F), draw.zero_point(type));
  b.op("FULLY_CONNECTED", {x, w, bias}, {y});
  const bool per_channel = b.graph().spec(w).quantization.scale.size() > 1;
  RandomModel r =
      finish(b, draw, fmt::format("seed {} FULLY_CONNECTED {} {}x{} -> {}", seed, name(type), rows, depth, out), {x});
  r.per_channel_fully_connected = per_channel;
  return r;
}

RandomModel random_max_pool_2d(std::uint32_t seed) {
  Draw draw(seed);
  ModelBuilder b;
  const DType type = draw.coin() ? DType::kInt8 : DType::kUInt8;
  const int padding = draw.between(0, 1);
  const int stride_h = draw.between(1, 3), stride_w = draw.between(1, 3);
  const int filter_h = draw.between(1, 4), filter_w = draw.between(1, 4);
  const float scale = draw.scale(0.02F);
  const int zero = draw.zero_point(type);
  const int x =
      b.tensor("x", type, {draw.between(1, 2), draw.between(4, 9), draw.between(4, 9), draw.channels()}, scale, zero);
  const int y = b.tensor("y", type, {}, scale, zero);
  b.op("MAX_POOL_2D", {x}, {y},
       {{"padding", padding},
        {"stride_h", stride_h},
        {"stride_w", stride_w},
        {"filter_height", filter_h},
        {"filter_width", filter_w}});
  return finish(b, draw, fmt::format("seed {} MAX_POOL_2D", seed), {x});
}

namespace {

RandomModel random_pairs(const std::string& op, std::uint32_t seed) {
  Draw draw(seed);
  ModelBuilder b;
  const DType type = draw.coin() ? DType::kInt8 : DType::kUInt8;
  const Shape shape{draw.between(1, 3), draw.between(1, 30), draw.channels()};
  Shape other = shape;
  if (draw.coin()) other = draw.coin() ? Shape{shape[2]} : draw.coin() ? Shape{shape[0], 1, 1} : Shape{1};
  const bool broadcasts_first = draw.coin();
  const Shape &first = broadcasts_first ? other : shape, &second = broadcasts_first ? shape : other;
  const int x = b.tensor("x", type, first, draw.scale(0.02F), draw.zero_point(type));
  const int z = b.tensor("z", type, second, draw.scale(0.02F), draw.zero_point(type));
  const int y = b.tensor("y", type, {}, draw.scale(op == "MUL" ? 0.02F : 0.04F), draw.zero_point(type));
  b.op(op, {x, z}, {y});
  return finish(b, draw, fmt::format("seed {} {} {} {}", seed, op, to_string(first), to_string(second)), {x, z});
}

}  // namespace

RandomModel random_add(std::uint32_t seed) { return random_pairs("ADD", seed); }
RandomModel random_mul(std::uint32_t seed) { return random_pairs("MUL", seed); }

}  // namespace nputwin::test
