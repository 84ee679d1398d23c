// Ops beside layers that have vector forms: the bytes of the definition in every profile, on every instruction set and at
// every number of threads, and the name of the form that runs. Codes at the ends, runs of equal ones and random ones;
// shapes around vector widths.

#include <gtest/gtest.h>

#include <algorithm>
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
void expect_form(const Case& c, Family family, const std::string& form, const std::string& refused = "the instr") {
  const auto model = c.model();
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
        ASSERT_TRUE(session) << c.text() << " " << profile.name;
        const std::string what = fmt::format("{} {} {} {} threads", c.text(), profile.name, isa.name, threads);
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
  EXPECT_GT(ran, 0U) << c.text();
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

}  // namespace
}  // namespace nputwin::test::vector_forms_test
