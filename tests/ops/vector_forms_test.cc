// Ops beside layers that have vector forms: the bytes of the definition in every profile, on every instruction set and
// with several threads, and the name of the form that runs. Codes at the ends, few codes and random ones; shapes
// around vector widths.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "profile/micro_operands.h"
#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test::vector_forms_test {
namespace {

/// A model of one op whose first input is codes, with int32 constants behind it.
struct Case {
  std::string op;
  DType type;
  Shape shape;
  std::vector<std::vector<std::int32_t>> constants = {};
  Attributes attributes = {};
  float scale = 0.5F, out_scale = 0.5F;
  std::int32_t zero = 0, out_zero = 0;
  DType out_type = type;

  [[nodiscard]] std::shared_ptr<const Model> model() const {
    ModelBuilder b;
    const int x = b.tensor("x", type, shape, scale, zero);
    std::vector<int> inputs{x};
    for (const auto& values : constants)
      inputs.push_back(b.constant<std::int32_t>("c", {static_cast<int>(values.size())}, values));
    const bool codes = is_8bit(out_type) || out_type == DType::kInt16;
    const int y = b.tensor("y", out_type, {}, codes ? out_scale : 0, out_zero);
    b.op(op, inputs, {y}, attributes);
    b.inputs({x}), b.outputs({y});
    return b.read();
  }
  [[nodiscard]] std::string text() const {
    std::string constant;
    for (const auto& values : constants) constant += " " + to_string(Shape(values.begin(), values.end()));
    return fmt::format("{} {} {}{} zero points {} {}", op, name(type), to_string(shape), constant, zero, out_zero);
  }
};

/// Inputs of so many bytes: all of one code at the ends, alternating ends, a few codes, any.
std::vector<std::vector<std::byte>> patterns(std::size_t bytes) {
  std::mt19937 engine(7);
  std::vector<std::vector<std::byte>> result(6, std::vector<std::byte>(bytes));
  for (std::size_t i = 0; i < bytes; ++i) {
    result[0][i] = std::byte{0x7F};
    result[1][i] = std::byte{0x80};
    result[2][i] = i % 2 == 0 ? std::byte{0x7F} : std::byte{0x80};
    result[3][i] = static_cast<std::byte>(0x7F + std::uniform_int_distribution<int>(0, 2)(engine));
    result[4][i] = result[5][i] = static_cast<std::byte>(std::uniform_int_distribution<int>(0, 255)(engine));
  }
  std::ranges::shuffle(result[5], engine);
  return result;
}

std::vector<std::vector<std::byte>> run_all(Session& session, const std::vector<std::vector<std::byte>>& inputs) {
  std::vector<std::vector<std::byte>> outputs;
  for (const auto& input : inputs) {
    EXPECT_TRUE(session.set_input(0, {&session.input_spec(0), input}));
    EXPECT_TRUE(session.run());
    const auto out = session.output(0).bytes;
    outputs.emplace_back(out.begin(), out.end());
  }
  return outputs;
}

/// In every profile whose kernel is another than those before it: the same bytes as the definition's. `form`: the one
/// that runs, unless it is refused for a reason that begins with `refused`.
void expect_form(const std::shared_ptr<const Model>& model, const std::string& text, Family family,
                 const std::string& form, const std::string& refused = "the instr") {
  const auto inputs = patterns(model->main().spec(0).bytes());
  std::vector<Session> definitions;
  std::size_t ran = 0;
  for (const Profile& profile : profiles_that_know(family)) {
    const Graph& graph = model->main();
    if (profile.registry == OpRegistry::kTflm && !check_micro_operands(graph, graph.nodes[0])) continue;
    SessionOptions options;
    options.isa = scalar_isa();
    auto definition = Session::prepare(model, profile, options);
    if (!definition) continue;  // the profile does not take this op or type
    const Kernel& kernel = *definition->kernel(0);
    if (std::ranges::any_of(definitions, [&](const Session& s) { return s.kernel(0)->same_as(kernel); })) continue;
    ASSERT_EQ(kernel.form().name, "scalar");
    const auto expected = run_all(*definition, inputs);
    definitions.push_back(std::move(*definition));
    for (const Isa& isa : available_isas()) {
      if (isa.scalar()) continue;
      options.isa = isa;
      for (const int threads : {1, 3}) {
        if (threads != 1 && isa != available_isas().front()) continue;
        options.threads = threads;
        auto session = Session::prepare(model, profile, options);
        ASSERT_TRUE(session) << text << " " << profile.name;
        const std::string what = fmt::format("{} {} {} {} threads", text, profile.name, isa.name, threads);
        const KernelForm got = session->kernel(0)->form();
        if (got.name == form) {
          ++ran;
        } else {
          ASSERT_EQ(got.name, "scalar") << what;
          ASSERT_FALSE(got.refused.empty()) << what;
          ASSERT_TRUE(got.refused.at(0).reason.starts_with(refused)) << what << " " << got.refused.at(0).reason;
        }
        ASSERT_EQ(run_all(*session, inputs), expected) << what;
      }
    }
  }
  EXPECT_GT(ran, 0U) << text;
}

void expect_form(const Case& c, Family family, const std::string& form, const std::string& refused = "the instr") {
  expect_form(c.model(), c.text(), family, form, refused);
}

constexpr DType kTypes[] = {DType::kInt8, DType::kUInt8};

TEST(VectorForms, ResizeBilinear) {
  struct Size {
    int height, width, channels;
    std::int32_t to_height, to_width;
  };
  constexpr Size kSizes[] = {{1, 2, 1, 1, 4},   {3, 3, 21, 9, 7},  {4, 5, 8, 3, 2},  {1, 1, 17, 3, 3},
                             {2, 3, 33, 4, 6},  {5, 4, 3, 11, 13}, {7, 7, 2, 1, 1},  {2, 2, 64, 5, 5},
                             {3, 2, 65, 33, 7}, {6, 1, 5, 2, 31},  {9, 9, 1, 5, 40}, {4, 4, 16, 4, 4}};
  for (const DType type : kTypes) {
    for (const Size& s : kSizes) {
      for (const int centers : {0, 1, 2}) {
        Attributes attributes{{"align_corners", centers == 1}, {"half_pixel_centers", centers == 2}};
        for (const int batch : {1, 2}) {
          expect_form({"RESIZE_BILINEAR",
                       type,
                       {batch, s.height, s.width, s.channels},
                       {{s.to_height, s.to_width}},
                       attributes},
                      Family::kResizeBilinear, "resize_lines");
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

Attributes window(int height, int width, int stride, int padding, int activation) {
  return {{"filter_height", std::int64_t{height}}, {"filter_width", std::int64_t{width}},
          {"stride_h", std::int64_t{stride}},      {"stride_w", std::int64_t{stride}},
          {"padding", std::int64_t{padding}},      {"fused_activation_function", std::int64_t{activation}}};
}

TEST(VectorForms, Pools) {
  unsigned number = 0;  // its bits say what else is tried
  for (const int channels : {1, 3, 16, 21, 33, 64, 71}) {
    for (const auto& [height, width, stride] : {std::array{2, 2, 2}, {3, 3, 1}, {3, 2, 2}, {1, 3, 2}, {9, 7, 1}}) {
      const DType type = kTypes[number % 2];
      const int padding = number / 2 % 2, activation = number / 4 % 2 == 0 ? 0 : 3;
      ++number;
      Case c{"MAX_POOL_2D", type, {2, 9, 7, channels}, {}, window(height, width, stride, padding, activation)};
      c.zero = c.out_zero = type == DType::kInt8 ? -5 : 250;
      expect_form(c, Family::kMovement, "max_codes");
      c.op = "AVERAGE_POOL_2D";
      expect_form(c, Family::kAveragePool, "sum_codes");
      if (HasFatalFailure()) return;
    }
  }
}

TEST(VectorForms, MeanAndSum) {
  const std::vector<std::pair<Shape, std::vector<std::int32_t>>> cases = {
      {{2, 7, 7, 33}, {1, 2}}, {{1, 40, 9, 3}, {1, 2}}, {{2, 5, 6, 16}, {1}}, {{3, 4, 5, 7}, {2}}, {{2, 3, 130}, {-1}},
      {{9, 70}, {0}},          {{1, 1, 1, 5}, {1, 2}},  {{4, 65}, {0, 1}},    {{2, 3, 4, 5}, {3}}, {{1, 300, 4}, {1}}};
  for (const char* op : {"MEAN", "SUM"}) {
    const Family family = op == std::string("MEAN") ? Family::kMean : Family::kSum;
    for (const DType type : kTypes) {
      for (const auto& [shape, axes] : cases) {
        for (const float out_scale : {0.5F, 0.31F, 40.0F}) {
          Case c{op, type, shape, {axes}, {{"keep_dims", true}}};
          c.out_scale = out_scale;
          c.zero = type == DType::kInt8 ? -128 : 255;
          c.out_zero = out_scale == 0.5F ? c.zero : 3;
          expect_form(c, family, "sum_codes", "the ");
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST(VectorForms, ArgMax) {
  for (const DType type : kTypes) {
    for (const int size : {1, 2, 16, 21, 32, 33, 100}) {
      for (const char* op : {"ARG_MAX", "ARG_MIN"}) {
        Case c{op, type, {5, 61, size}, {{-1}}};
        c.out_type = size % 2 == 0 ? DType::kInt32 : DType::kInt64;
        expect_form(c, Family::kMovement, "arg_max_codes");
      }
    }
  }
}

TEST(VectorForms, Transpose) {
  const std::vector<std::pair<Shape, std::vector<std::int32_t>>> cases = {{{16, 16}, {1, 0}},
                                                                          {{17, 40}, {1, 0}},
                                                                          {{2, 33, 18, 21}, {0, 3, 1, 2}},
                                                                          {{2, 21, 5, 7}, {0, 2, 3, 1}},
                                                                          {{31, 16}, {1, 0}},
                                                                          {{1, 2, 5, 6, 24}, {0, 4, 1, 2, 3}},
                                                                          {{20, 3, 16}, {2, 1, 0}}};
  for (const DType type : kTypes) {
    for (const auto& [shape, permutation] : cases)
      expect_form({"TRANSPOSE", type, shape, {permutation}}, Family::kMovement, "transpose_blocks");
  }
}

/// An LSTM of `cells` with a projection to `outputs` where that is another number.
std::shared_ptr<const Model> lstm(int inputs, int cells, int outputs, bool coupled, bool peephole, unsigned seed) {
  std::mt19937 engine(seed);
  const auto between = [&](int lo, int hi) { return std::uniform_int_distribution<int>(lo, hi)(engine); };
  ModelBuilder b;
  const auto weights = [&](int rows, int columns) {
    std::vector<std::int8_t> values(static_cast<std::size_t>(rows * columns));
    for (auto& v : values)
      v = static_cast<std::int8_t>(between(0, 3) == 0 ? (between(0, 1) == 0 ? -128 : 127) : between(-128, 127));
    return b.constant<std::int8_t>("w", {rows, columns}, values, {{0.004F}, {0}, 0});
  };
  std::vector<int> in(24, -1), intermediates;
  in[0] = b.tensor("x", DType::kInt8, {2, 3, inputs}, 0.02F, 127);
  for (std::size_t gate = coupled ? 1 : 0; gate < 4; ++gate) {
    in[1 + gate] = weights(cells, inputs);
    in[5 + gate] = weights(cells, outputs);
    std::vector<std::int32_t> bias(static_cast<std::size_t>(cells));
    for (auto& v : bias) v = between(-20000, 20000);
    in[12 + gate] = b.constant<std::int32_t>("b", {cells}, bias);
  }
  for (std::size_t k = coupled ? 10 : 9; peephole && k < 12; ++k) {
    std::vector<std::int16_t> values(static_cast<std::size_t>(cells));
    for (auto& v : values) v = static_cast<std::int16_t>(between(-32768, 32767));
    in[k] = b.constant<std::int16_t>("p", {cells}, values, {{0x1p-15F}, {0}, 0});
  }
  if (outputs != cells) in[16] = weights(outputs, cells);
  in[18] = b.tensor("h", DType::kInt8, {2, outputs}, 0.01F, -3);
  in[19] = b.tensor("c", DType::kInt16, {2, cells}, 0x1p-11F, 0);
  for (const std::size_t k : {18, 19}) b.graph().tensors[static_cast<std::size_t>(in[k])].variable = true;
  for (int k = 0; k < 5; ++k) intermediates.push_back(b.tensor("m", DType::kInt8, {}, 0.01F, 5));
  b.op("UNIDIRECTIONAL_SEQUENCE_LSTM", in, {b.tensor("y", DType::kInt8, {}, 0.01F, -3)});
  b.graph().nodes[0].intermediates = intermediates;
  b.inputs({in[0]}), b.outputs({static_cast<int>(b.graph().tensors.size()) - 1});
  return b.read();
}

TEST(VectorForms, Lstm) {
  unsigned seed = 0;
  for (const auto& [inputs, cells, outputs] :
       {std::array{1, 1, 1}, {28, 20, 20}, {33, 17, 17}, {7, 40, 9}, {64, 16, 33}}) {
    for (const bool coupled : {false, true}) {
      const auto plain = lstm(inputs, cells, outputs, coupled, false, ++seed);
      const std::string text = fmt::format("LSTM {} {} {} {}", inputs, cells, outputs, coupled);
      expect_form(plain, text, Family::kLstm, "dot_rows");
      if (outputs <= cells)
        expect_form(lstm(inputs, cells, outputs, coupled, true, ++seed), text + " peepholes", Family::kLstm,
                    "dot_rows");
    }
  }
}

TEST(VectorForms, Svdf) {
  std::mt19937 engine(3);
  for (const auto& [inputs, units, rank, memory] :
       {std::array{1, 1, 1, 1}, {16, 64, 1, 8}, {33, 5, 2, 3}, {40, 9, 1, 32}}) {
    ModelBuilder b;
    const int filters = units * rank;
    std::vector<std::int8_t> feature(static_cast<std::size_t>(filters * inputs));
    std::vector<std::int16_t> time(static_cast<std::size_t>(filters * memory));
    for (auto& v : feature) v = static_cast<std::int8_t>(engine());
    for (auto& v : time) v = static_cast<std::int16_t>(engine() % 5 == 0 ? -32768 : engine());
    const std::vector<int> in = {
        b.tensor("x", DType::kInt8, {2, inputs}, 0.1F, -128),
        b.constant<std::int8_t>("f", {filters, inputs}, feature, {{0.01F}, {0}, 0}),
        b.constant<std::int16_t>("t", {filters, memory}, time, {{0.0005F}, {0}, 0}),
        b.constant<std::int32_t>("b", {units}, std::vector<std::int32_t>(static_cast<std::size_t>(units), -777)),
        b.tensor("s", DType::kInt16, {2, filters * memory}, 0.001F, 0)};
    b.graph().tensors[static_cast<std::size_t>(in[4])].variable = true;
    b.op("SVDF", in, {b.tensor("y", DType::kInt8, {}, 0.5F, 7)},
         {{"rank", std::int64_t{rank}}, {"fused_activation_function", std::int64_t{1}}});
    b.inputs({in[0]}), b.outputs({static_cast<int>(b.graph().tensors.size()) - 1});
    expect_form(b.read(), fmt::format("SVDF {} {} {} {}", inputs, units, rank, memory), Family::kSvdf, "dot_rows");
  }
}

}  // namespace
}  // namespace nputwin::test::vector_forms_test
