#include "analysis/probe/sample_models.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/one_op_model.h"

namespace nputwin {
namespace {

/// lo to hi, both possible. (The standard's distributions differ between libraries.)
std::int64_t whole(Engine& engine, std::int64_t lo, std::int64_t hi) {
  return lo + static_cast<std::int64_t>(engine() % static_cast<std::uint64_t>(hi - lo + 1));
}

/// 2^lo to 2^hi, evenly on the logarithmic scale.
float scale_between(Engine& engine, double lo, double hi) {
  return static_cast<float>(std::exp2(lo + (hi - lo) * static_cast<double>(engine() >> 11) * 0x1p-53));
}

/// An activation's quantization: any zero point for 8 bits, 0 for 16.
Quantization quantization(DType type, float scale, Engine& engine) {
  const CodeRange range = code_range(type);
  return {{scale}, {type == DType::kInt16 ? 0 : static_cast<std::int32_t>(whole(engine, range.lo, range.hi))}, 0};
}

using ModelPtr = std::shared_ptr<const Model>;

/// Weights for `count` output channels, and a bias: int8 weights with a scale for each index of `axis`, or with one
/// where `axis` is kOneScale; uint8 with one.
constexpr int kOneScale = -1;
void add_weights(OneOpModel& op, DType type, const Shape& shape, int count, std::int64_t size, int axis, float s_in,
                 Engine& engine) {
  const float around = scale_between(engine, -9, -5);
  Quantization q{{}, {}, std::max(axis, 0)};
  if (type == DType::kUInt8) {
    q = {{around}, {static_cast<std::int32_t>(whole(engine, 96, 160))}, 0};
    std::vector<std::uint8_t> values(static_cast<std::size_t>(size));
    for (auto& v : values) v = static_cast<std::uint8_t>(whole(engine, 1, 255));
    op.constant(shape, values, q);
  } else {
    for (int c = 0; c < (axis == kOneScale ? 1 : count); ++c) {
      q.scale.push_back(around * scale_between(engine, -1.5, 0));
      q.zero_point.push_back(0);
    }
    std::vector<std::int8_t> values(static_cast<std::size_t>(size));
    for (auto& v : values) v = static_cast<std::int8_t>(whole(engine, -127, 127));
    op.constant(shape, values, q);
  }
  const auto add_bias = [&](auto zero) {
    std::vector<decltype(zero)> bias(static_cast<std::size_t>(count));
    for (auto& b : bias) b = static_cast<decltype(zero)>(whole(engine, -20000, 20000));
    Quantization bias_q{{}, std::vector<std::int32_t>(q.scale.size(), 0), 0};
    for (const float s : q.scale) bias_q.scale.push_back(s_in * s);
    op.constant({count}, bias, bias_q);
  };
  if (type == DType::kInt16) {
    add_bias(std::int64_t{});
  } else {
    add_bias(std::int32_t{});
  }
}

/// An output scale that sums of `depth` products fill without saturating much.
float filled(DType type, float s_in, float s_weight, std::int64_t depth) {
  const double steps = type == DType::kInt16 ? 32768 : 128;
  const double code = steps / std::sqrt(3.0);
  return static_cast<float>(static_cast<double>(s_in) * static_cast<double>(s_weight) *
                            std::sqrt(static_cast<double>(depth)) * code * 73 * 3 / steps);
}

ModelPtr matmul(std::string_view name, DType type, Engine& engine) {
  OneOpModel op(name);
  const float s_in = scale_between(engine, -8, -4);
  constexpr int kIn = 16, kOut = 24, kSide = 9;
  Shape weights;
  std::int64_t depth = 0, size = 0;
  int axis = 0;
  if (name == "FULLY_CONNECTED") {
    op.input({"", type, {kSide, kIn * 4}, quantization(type, s_in, engine)});
    weights = {kOut, kIn * 4};
    depth = kIn * 4;
    size = kOut * depth;
    axis = kOneScale;
    op.attribute("keep_num_dims", std::int64_t{0});
  } else if (name == "DEPTHWISE_CONV_2D") {
    op.input({"", type, {1, kSide, kSide, kOut}, quantization(type, s_in, engine)});
    weights = {1, 3, 3, kOut};
    depth = 9;
    size = 9 * kOut;
    axis = 3;
    op.attribute("depth_multiplier", std::int64_t{1});
  } else {
    if (name == "TRANSPOSE_CONV") op.constant<std::int32_t>({4}, {1, kSide, kSide, kOut});
    weights = {kOut, 3, 3, kIn};
    depth = 9 * kIn;
    size = kOut * depth;
    if (name == "CONV_2D") op.input({"", type, {1, kSide, kSide, kIn}, quantization(type, s_in, engine)});
  }
  if (name != "FULLY_CONNECTED") {
    for (const char* key : {"stride_w", "stride_h"}) op.attribute(key, std::int64_t{1});
  }
  add_weights(op, type, weights, kOut, size, axis, s_in, engine);
  if (name == "TRANSPOSE_CONV") {  // output shape, weights, input, bias
    op.input({"", type, {1, kSide, kSide, kIn}, quantization(type, s_in, engine)});
    std::swap(op.node().inputs[2], op.node().inputs[3]);
  }
  const auto& w = op.input_spec(1).quantization.scale;
  return op.output(type, quantization(type, filled(type, s_in, *std::max_element(w.begin(), w.end()), depth), engine));
}

/// Two inputs of one shape; of DIV, which is sampled in uint8, the second is constant.
ModelPtr pair(std::string_view name, DType type, Engine& engine) {
  OneOpModel op(name);
  const Shape shape{1, 8, 8, 20};
  const float a = scale_between(engine, -8, -4), b = scale_between(engine, -8, -4);
  const bool compares = name == "MAXIMUM" || name == "MINIMUM";
  const auto q = quantization(type, a, engine);
  op.input({"", type, shape, q});
  if (name == "DIV") {  // by no zero, at which runtimes stop
    std::vector<std::uint8_t> divisors(8 * 8 * 20);
    for (auto& d : divisors) d = static_cast<std::uint8_t>(1 + engine() % 255);
    op.constant<std::uint8_t>(shape, divisors, {{b}, {0}, 0});
  } else {
    op.input({"", type, shape, compares ? q : quantization(type, b, engine)});
  }
  if (name == "ADD" || name == "SUB") op.attribute("pot_scale_int16", std::int64_t{0});
  const float codes = type == DType::kInt16 ? 32768.0F : 128.0F;
  float out = a + b;
  if (name == "MUL" || name == "SQUARED_DIFFERENCE") out = a * b * codes / 2;
  if (name == "DIV") out = a / b / 16;
  return op.output(type, compares ? q : quantization(type, out, engine));
}

/// One input; the output by what the function gives.
ModelPtr unary(std::string_view name, DType type, Engine& engine) {
  OneOpModel op(name);
  const float s = scale_between(engine, -6, -4) / (type == DType::kInt16 ? 256.0F : 1.0F);
  const float codes = type == DType::kInt16 ? 32768.0F : 256.0F;
  const std::int32_t lowest = code_range(type).lo;
  const bool takes_root = name == "SQRT" || name == "RSQRT";  // of no negative number
  op.input({"", type, {1, 8, 8, 20}, takes_root ? Quantization{{s}, {lowest}, 0} : quantization(type, s, engine)});
  if (name == "LOGISTIC")
    return op.output(
        type, type == DType::kInt16 ? Quantization{{1 / codes}, {0}, 0} : Quantization{{1 / codes}, {lowest}, 0});
  if (name == "TANH")
    return op.output(type, {{type == DType::kInt16 ? 1 / codes : 2 / codes}, {type == DType::kUInt8 ? 128 : 0}, 0});
  if (name == "L2_NORMALIZATION") return op.output(type, {{1.0F / 128}, {type == DType::kUInt8 ? 128 : 0}, 0});
  if (name == "SOFTMAX") {
    op.attribute("beta", 1.0);
    return op.output(
        type, type == DType::kInt16 ? Quantization{{1 / codes}, {0}, 0} : Quantization{{1 / codes}, {lowest}, 0});
  }
  if (name == "LEAKY_RELU") op.attribute("alpha", 0.1);
  if (takes_root) return op.output(type, {{name == "SQRT" ? std::sqrt(s) / 16 : 1 / std::sqrt(s) / 256}, {lowest}, 0});
  return op.output(type, quantization(type, s * scale_between(engine, -1, 0), engine));
}

ModelPtr moves(std::string_view name, DType type, Engine& engine) {
  OneOpModel op(name);
  const auto q = quantization(type, scale_between(engine, -6, -4), engine);
  op.input({"", type, {1, 8, 8, 20}, q});
  if (name == "AVERAGE_POOL_2D" || name == "MAX_POOL_2D") {
    for (const char* key : {"filter_width", "filter_height", "stride_w", "stride_h"})
      op.attribute(key, std::int64_t{name == "AVERAGE_POOL_2D" ? 3 : 2});
  } else if (name == "RESIZE_BILINEAR" || name == "RESIZE_NEAREST_NEIGHBOR") {
    op.constant<std::int32_t>({2}, {13, 15});
  } else if (name == "PAD") {
    op.constant<std::int32_t>({4, 2}, {0, 0, 1, 1, 2, 2, 0, 0});
  }
  return op.output(type, q);
}

ModelPtr reduce(std::string_view name, DType type, Engine& engine) {
  OneOpModel op(name);
  const float s = scale_between(engine, -6, -4);
  op.input({"", type, {1, 7, 7, 20}, quantization(type, s, engine)});
  op.constant<std::int32_t>({2}, {1, 2});
  op.attribute("keep_dims", std::int64_t{1});
  return op.output(type, quantization(type, name == "SUM" ? s * 49 : s * scale_between(engine, -2, 0), engine));
}

ModelPtr concatenation(std::string_view name, DType type, Engine& engine) {
  OneOpModel op(name);
  const float s = scale_between(engine, -6, -4);
  const auto q = quantization(type, s, engine);
  for (int k = 0; k < 3; ++k) {
    const bool rescales = type == DType::kUInt8 && k > 0;  // others must share their quantization
    op.input({"", type, {1, 8, 8, 8}, rescales ? quantization(type, s * scale_between(engine, -1, 0), engine) : q});
  }
  op.attribute("axis", std::int64_t{3});
  return op.output(type, q);
}

ModelPtr quantize(std::string_view name, DType type, Engine& engine) {
  OneOpModel op(name);
  const float s = scale_between(engine, -6, -4);
  op.input({"", type, {1, 8, 8, 20}, quantization(type, s, engine)});
  return op.output(type, quantization(type, s * scale_between(engine, -1, 1), engine));
}

ModelPtr dequantize(std::string_view name, DType type, Engine& engine) {
  OneOpModel op(name);
  op.input({"", type, {1, 8, 8, 20}, quantization(type, scale_between(engine, -6, -4), engine)});
  return op.output(DType::kFloat32, {});
}

ModelPtr batch_matmul(std::string_view name, DType type, Engine& engine) {
  OneOpModel op(name);
  const float a = scale_between(engine, -8, -4), b = scale_between(engine, -8, -4);
  op.input({"", type, {1, 12, 32}, quantization(type, a, engine)});
  op.input({"", type, {1, 32, 20}, quantization(type, b, engine)});
  return op.output(type, quantization(type, filled(type, a, b, 32), engine));
}

constexpr DType kI8 = DType::kInt8, kU8 = DType::kUInt8;

constexpr SampleOp kSamples[] = {
    {"CONV_2D", kI8, matmul},
    {"CONV_2D", kU8, matmul},
    {"DEPTHWISE_CONV_2D", kI8, matmul},
    {"DEPTHWISE_CONV_2D", kU8, matmul},
    {"TRANSPOSE_CONV", kI8, matmul},
    {"TRANSPOSE_CONV", kU8, matmul},
    {"FULLY_CONNECTED", kI8, matmul},
    {"FULLY_CONNECTED", kU8, matmul},
    {"BATCH_MATMUL", kI8, batch_matmul},
    {"ADD", kI8, pair},
    {"ADD", kU8, pair},
    {"SUB", kI8, pair},
    {"MUL", kI8, pair},
    {"MUL", kU8, pair},
    {"DIV", kU8, pair},
    {"ABS", kI8, unary},
    {"SQRT", kI8, unary},
    {"RSQRT", kI8, unary},
    {"SQUARED_DIFFERENCE", kI8, pair},
    {"AVERAGE_POOL_2D", kI8, moves},
    {"AVERAGE_POOL_2D", kU8, moves},
    {"MEAN", kI8, reduce},
    {"MEAN", kU8, reduce},
    {"SUM", kI8, reduce},
    {"SUM", kU8, reduce},
    {"SOFTMAX", kI8, unary},
    {"SOFTMAX", kU8, unary},
    {"LOGISTIC", kI8, unary},
    {"LOGISTIC", kU8, unary},
    {"TANH", kI8, unary},
    {"ELU", kI8, unary},
    {"GELU", kI8, unary},
    {"HARD_SWISH", kI8, unary},
    {"HARD_SWISH", kU8, unary},
    {"RELU", kI8, unary},
    {"RELU6", kU8, unary},
    {"LEAKY_RELU", kI8, unary},
    {"LEAKY_RELU", kU8, unary},
    {"L2_NORMALIZATION", kI8, unary},
    {"MAXIMUM", kI8, pair},
    {"QUANTIZE", kI8, quantize},
    {"QUANTIZE", kU8, quantize},
    {"DEQUANTIZE", kI8, dequantize},
    {"CONCATENATION", kI8, concatenation},
    {"CONCATENATION", kU8, concatenation},
    {"RESIZE_BILINEAR", kI8, moves},
    {"RESIZE_BILINEAR", kU8, moves},
    {"RESIZE_NEAREST_NEIGHBOR", kI8, moves},
    {"MAX_POOL_2D", kI8, moves},
    {"PAD", kI8, moves},
    {"CONV_2D", DType::kInt16, matmul},
    {"FULLY_CONNECTED", DType::kInt16, matmul},
    {"ADD", DType::kInt16, pair},
    {"MUL", DType::kInt16, pair},
    {"LOGISTIC", DType::kInt16, unary},
    {"SOFTMAX", DType::kInt16, unary},
};

}  // namespace

Family SampleOp::family() const { return type == DType::kInt16 ? Family::kInt16 : find_op(op)->family; }

std::span<const SampleOp> sample_ops() { return kSamples; }

Tensor random_codes(const TensorSpec& spec, Engine& engine) {
  Tensor tensor{spec, std::vector<std::byte>(spec.bytes())};
  const CodeRange range = code_range(spec.type);
  const std::size_t size = size_of(spec.type);
  for (std::size_t at = 0; at < tensor.data.size(); at += size) {
    const std::int64_t code = whole(engine, range.lo, range.hi);
    std::memcpy(&tensor.data[at], &code, size);  // little-endian
  }
  return tensor;
}

}  // namespace nputwin
