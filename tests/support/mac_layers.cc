#include "support/mac_layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/checked.h"

namespace nputwin::test {
namespace {

using Engine = std::mt19937;

int between(Engine& engine, int lo, int hi) { return std::uniform_int_distribution<int>(lo, hi)(engine); }

std::vector<std::byte> random_codes(Engine& engine, const TensorSpec& spec) {
  // Readable spare bytes, as kernels may read whole vectors.
  std::vector<std::byte> bytes(spec.bytes() + static_cast<std::size_t>(kVectorSlack));
  for (auto& b : bytes) b = static_cast<std::byte>(between(engine, 0, 255));
  return bytes;
}

WindowAxis axis(int in, int size, int stride, int dilation, int before) {
  const int extent = (size - 1) * dilation + 1;
  return {in, (in + 2 * before - extent) / stride + 1, size, stride, dilation, before};
}

Window window(int size, int stride, int dilation) {
  const int before = (size - 1) * dilation / 2;
  return {axis(7, size, stride, dilation, before), axis(19, size, stride, dilation, before)};
}

/// Geometry, shapes of input and output, and how many weights there are.
struct Shaped {
  Taps taps;
  Shape input, output;
  int weights = 0;
};

Shaped conv(int size, int stride, int dilation, int groups, int channels) {
  const Window w = window(size, stride, dilation);
  const int group_in = 5;
  const ConvTaps taps{w, 2, group_in * groups, channels, group_in, groups};
  return {
      taps, {2, w.y.in, w.x.in, group_in * groups}, {2, w.y.out, w.x.out, channels}, channels * size * size * group_in};
}

Shaped depthwise(int channels_in, int multiplier) {
  const Window w = window(3, 2, 1);
  const int out = channels_in * multiplier;
  return {DepthwiseTaps{w, 2, channels_in, out}, {2, w.y.in, w.x.in, channels_in}, {2, w.y.out, w.x.out, out}, 9 * out};
}

Shaped transposed(int channels) {
  const Window w = window(3, 2, 1);
  return {TransposedTaps{w, 2, 5, channels}, {2, w.y.out, w.x.out, 5}, {2, w.y.in, w.x.in, channels}, channels * 9 * 5};
}

Shaped rows(int count, int channels) {
  return {RowTaps{count, 31, channels}, {count, 31}, {count, channels}, channels * 31};
}

Shaped matrices() {
  MatrixTaps taps{.rows = 3, .depth = 7, .columns = 11, .swap_a = false, .swap_b = true, .walk = {{2}, {2}, {1}}};
  return {taps, {2, 3, 7}, {2, 3, 11}, 0};
}

Shaped shaped(Sample sample, int channels) {
  switch (sample) {
    case Sample::kConv1x1:
      return conv(1, 1, 1, 1, channels);
    case Sample::kConv3x3:
      return conv(3, 2, 1, 1, channels);
    case Sample::kGrouped:
      return conv(3, 1, 1, 3, channels * 3);
    case Sample::kDilated:
      return conv(3, 1, 2, 1, channels);
    case Sample::kDepthwise:
      return depthwise(channels, 1);
    case Sample::kDepthwiseMultiplier:
      return depthwise(channels, 2);
    case Sample::kTransposed:
      return transposed(channels);
    case Sample::kOneRow:
      return rows(1, channels);
    case Sample::kManyRows:
      return rows(14, channels);
    case Sample::kMatrices:
      break;
  }
  return matrices();
}

TensorSpec spec_of(const char* name, DType type, const Shape& shape, std::int32_t zero) {
  return {name, type, shape, {{0.02F}, {zero}, 0}};
}

}  // namespace

SampleLayer sample_layer(Sample sample, DType type, std::uint32_t seed) {
  Engine engine(seed);
  const CodeRange range = code_range(type);
  const int sizes[] = {1, 3, 8, 15, 16, 17, 33, 40};
  const Shaped s = shaped(sample, sizes[between(engine, 0, 7)]);
  SampleLayer made;
  MacLayer& layer = made.layer;
  layer.taps = s.taps;
  layer.type = type;
  layer.input_zero = type == DType::kInt16 ? 0 : between(engine, range.lo, range.hi);
  made.input = spec_of("x", type, s.input, layer.input_zero);
  made.output = spec_of("y", type, s.output, 0);
  made.values = random_codes(engine, made.input);
  made.description = fmt::format("sample {} {} {} -> {} seed {}", static_cast<int>(sample), name(type),
                                 to_string(s.input), to_string(s.output), seed);
  if (s.weights == 0) {
    layer.weights.computed = {layer.type, 3};
    made.second = spec_of("w", type, {1, 11, 7}, 3);
    made.second_values = random_codes(engine, made.second);
    layer.weights.largest_accumulator = INT32_MAX;
    return made;
  }
  made.channels = s.output.back();
  std::vector<std::int16_t> weights(static_cast<std::size_t>(s.weights));
  for (std::int16_t& w : weights) w = static_cast<std::int16_t>(between(engine, -128, 127));
  layer.weights.values = std::move(weights);
  for (int c = 0; c < made.channels; ++c) layer.weights.bias.push_back(between(engine, -20000, 20000));
  const std::int64_t products = s.weights / made.channels;
  const std::int64_t furthest = std::int64_t{range.hi} - range.lo + std::abs(layer.input_zero);
  layer.weights.largest_accumulator = products * 128 * furthest + 20000;
  return made;
}

Epilogue sample_epilogue(const SampleLayer& sample, const RequantizeRule& first, const RequantizeRule& last) {
  const DType type = sample.output.type;
  const auto by = [&](const RequantizeRule& rule) {
    std::vector<EffectiveMultiplier> scales;
    for (int c = 0; c < sample.channels; ++c)
      scales.push_back(effective_multiplier(rule, 0.02F, 0.004F + 0.0003F * static_cast<float>(c), 0.05F));
    share_exponent(rule, scales);
    return Requantizer(rule, scales, type == DType::kInt16 ? 0 : 5, code_range(type), type,
                       sample.layer.weights.largest_accumulator);
  };
  if (first == last) return Epilogue(by(first));
  return {by(first), by(last), Epilogue::Blocks::by_channel(sample.channels, 8)};
}

std::vector<std::vector<std::byte>> run_epilogues(const SampleLayer& sample, const MacKernel& kernel,
                                                  std::span<const Epilogue* const> epilogues, int threads) {
  const ThreadPool pool(threads);
  const auto bytes = [](const TensorSpec& spec, const std::vector<std::byte>& values) {
    return TensorView{&spec, std::span(values).first(spec.bytes())};
  };
  std::vector<TensorView> inputs{bytes(sample.input, sample.values)};
  if (!sample.second_values.empty()) inputs.push_back(bytes(sample.second, sample.second_values));
  std::vector<std::vector<std::byte>> results(epilogues.size(), std::vector<std::byte>(sample.output.bytes()));
  std::vector<MutableTensorView> outputs;
  for (auto& result : results) outputs.push_back({&sample.output, result});
  std::vector<std::byte> scratch(kernel.scratch_bytes() + 64);
  const auto address = reinterpret_cast<std::uintptr_t>(scratch.data());
  RunContext context;
  context.inputs = inputs;
  context.pool = &pool;
  context.scratch = std::span(scratch).subspan(align_up(address) - address);
  kernel.run(context, epilogues, outputs);
  return results;
}

}  // namespace nputwin::test
