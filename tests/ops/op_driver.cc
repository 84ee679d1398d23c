// Answers questions about ops on stdin, one a line, so that another language can check them: the output's codes, or
// "refused" and why. TYPE is int8 or uint8, scales are binary32 bits, lists are as long as the counts say.
//  - layer PROFILE TYPE s_in z_in s_out z_out CHANNELS DEPTH scales…(CHANNELS) codes…(DEPTH) weights…(CHANNELS*DEPTH)
//  bias…(CHANNELS)
//    CONV_2D over one position; one scale for all weights where all are equal
//  - pair OP PROFILE TYPE s_a z_a s_b z_b s_out z_out N a…(N) b…(N)
//  - unary OP PROFILE TYPE s_in z_in s_out z_out N codes…(N)             LEAKY_RELU with alpha 0.1
//  - pool PROFILE TYPE s z HEIGHT WIDTH size padding codes…(HEIGHT*WIDTH)   AVERAGE_POOL_2D, stride 1; padding 0 SAME,
//                                                                           1 VALID
//  - mean PROFILE TYPE s_in z_in s_out z_out N codes…(N)
//  - softmax PROFILE TYPE s_in N codes…(N)                              beta 1

#include <algorithm>
#include <bit>
#include <cstdio>
#include <iostream>
#include <string>

#include "profile/variant.h"
#include "support/model_builder.h"

namespace nputwin::test {
namespace {

template <typename T = int>
T next() {
  T value{};
  std::cin >> value;
  return value;
}
float scale() { return std::bit_cast<float>(next<std::uint32_t>()); }
std::vector<int> integers(int count) {
  std::vector<int> list(static_cast<std::size_t>(count));
  for (int& x : list) x = next();
  return list;
}

std::vector<std::byte> codes(const std::vector<int>& list) {
  std::vector<std::byte> bytes;
  for (const int x : list) bytes.push_back(static_cast<std::byte>(x));
  return bytes;
}

/// What every question begins with.
struct Asked {
  std::string profile = next<std::string>();
  DType type = next<std::string>() == "uint8" ? DType::kUInt8 : DType::kInt8;
};

void answer(ModelBuilder& b, const Asked& asked, const std::vector<std::vector<int>>& inputs) {
  const auto profile = resolve_profile(asked.profile);
  if (!profile) {
    std::printf("refused %s\n", profile.error().message.c_str());
    return;
  }
  auto session = Session::prepare(b.read(), *profile, {});
  if (!session) {
    std::printf("refused %s\n", session.error().message.c_str());
    return;
  }
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const auto bytes = codes(inputs[k]);
    const TensorSpec spec = session->input_spec(k);
    if (auto status = session->set_input(k, {&spec, bytes}); !status)
      std::printf("refused %s\n", status.error().message.c_str());
  }
  if (const auto status = session->run(); !status) {
    std::printf("refused %s\n", status.error().message.c_str());
    return;
  }
  for (const std::byte x : session->output(0).bytes)
    std::printf("%d ",
                asked.type == DType::kUInt8 ? static_cast<int>(x) : static_cast<int>(static_cast<std::int8_t>(x)));
  std::printf("\n");
}

void layer() {
  const Asked asked;
  ModelBuilder b;
  const float s_in = scale();
  const int z_in = next();
  const float s_out = scale();
  const int z_out = next(), channels = next(), depth = next();
  Quantization q;
  for (int c = 0; c < channels; ++c) q.scale.push_back(scale());
  q.zero_point.assign(q.scale.size(), 0);
  if (std::ranges::all_of(q.scale, [&](float s) { return s == q.scale[0]; })) q.scale.resize(1), q.zero_point.resize(1);
  const auto x = integers(depth), w = integers(channels * depth), bias = integers(channels);
  const int in = b.tensor("in", asked.type, {1, 1, 1, depth}, s_in, z_in);
  const Shape shape{channels, 1, 1, depth};
  const int weights = asked.type == DType::kUInt8 ? b.constant<std::uint8_t>("w", shape, {w.begin(), w.end()}, q)
                                                  : b.constant<std::int8_t>("w", shape, {w.begin(), w.end()}, q);
  const int biases = b.constant<std::int32_t>("bias", {channels}, {bias.begin(), bias.end()});
  const int out = b.tensor("out", asked.type, {1, 1, 1, channels}, s_out, z_out);
  constexpr int kValid = 1;
  b.op("CONV_2D", {in, weights, biases}, {out}, {{"padding", kValid}, {"stride_h", 1}, {"stride_w", 1}});
  b.inputs({in}), b.outputs({out});
  answer(b, asked, {x});
}

void pair() {
  const auto op = next<std::string>();
  const Asked asked;
  ModelBuilder b;
  float s[3];
  int z[3];
  for (int i = 0; i < 3; ++i) s[i] = scale(), z[i] = next();
  const int n = next();
  const int a = b.tensor("a", asked.type, {n}, s[0], z[0]), c = b.tensor("b", asked.type, {n}, s[1], z[1]),
            out = b.tensor("out", asked.type, {n}, s[2], z[2]);
  b.op(op, {a, c}, {out});
  b.inputs({a, c}), b.outputs({out});
  const auto x = integers(n);
  answer(b, asked, {x, integers(n)});
}

/// Input and output of one op that is asked for with two quantizations and a list.
void one_input(const std::string& question) {
  const std::string op = question == "unary" ? next<std::string>() : "MEAN";
  const Asked asked;
  ModelBuilder b;
  const float s_in = scale();
  const int z_in = next();
  const float s_out = scale();
  const int z_out = next(), n = next();
  const bool mean = question == "mean";
  const int in = b.tensor("in", asked.type, mean ? Shape{1, n, 1, 1} : Shape{n}, s_in, z_in),
            out = b.tensor("out", asked.type, mean ? Shape{1, 1, 1, 1} : Shape{n}, s_out, z_out);
  if (mean) {
    b.op(op, {in, b.constant<std::int32_t>("axes", {2}, {1, 2})}, {out}, {{"keep_dims", true}});
  } else if (op == "LEAKY_RELU") {
    b.op(op, {in}, {out}, {{"alpha", 0.1F}});
  } else {
    b.op(op, {in}, {out});
  }
  b.inputs({in}), b.outputs({out});
  answer(b, asked, {integers(n)});
}

void pool() {
  const Asked asked;
  ModelBuilder b;
  const float s = scale();
  const int z = next(), height = next(), width = next(), size = next();
  const int padding = next();
  const int in = b.tensor("in", asked.type, {1, height, width, 1}, s, z), out = b.tensor("out", asked.type, {}, s, z);
  b.op("AVERAGE_POOL_2D", {in}, {out},
       {{"padding", padding}, {"stride_h", 1}, {"stride_w", 1}, {"filter_height", size}, {"filter_width", size}});
  b.inputs({in}), b.outputs({out});
  answer(b, asked, {integers(height * width)});
}

void softmax() {
  const Asked asked;
  ModelBuilder b;
  const float s = scale();
  const int n = next();
  const int in = b.tensor("in", asked.type, {1, n}, s, 0),
            out = b.tensor("out", asked.type, {1, n}, 1.0F / 256, asked.type == DType::kUInt8 ? 0 : -128);
  b.op("SOFTMAX", {in}, {out}, {{"beta", 1.0}});
  b.inputs({in}), b.outputs({out});
  answer(b, asked, {integers(n)});
}

}  // namespace
}  // namespace nputwin::test

int main() {
  using namespace nputwin::test;
  for (std::string question; std::cin >> question;) {
    if (question == "layer") {
      layer();
    } else if (question == "pair") {
      pair();
    } else if (question == "unary" || question == "mean") {
      one_input(question);
    } else if (question == "pool") {
      pool();
    } else if (question == "softmax") {
      softmax();
    } else {
      std::printf("refused: no question '%s'\n", question.c_str());
    }
  }
}
