// What a comparison says of a model's outputs, where one of them does not depend on what goes in.

#include <gtest/gtest.h>

#include "api/diff.h"
#include "base/file.h"
#include "base/temporary_folder.h"
#include "report/summary.h"
#include "report/verdict.h"
#include "support/model_builder.h"

namespace nputwin::api::verdict_test {
namespace {

/// Two outputs: `moves` = in + in, and `fixed`, which adds four other numbers to in * 0.
std::string write_model(const TemporaryFolder& folder) {
  test::ModelBuilder builder;
  const Quantization q{{0.5F}, {0}, 0};
  const auto tensor = [&](const std::string& name) { return builder.tensor(name, DType::kInt8, {1, 4}, 0.5F, 0); };
  const int in = tensor("in"), nothing = tensor("nothing"), fixed = tensor("fixed"), moves = tensor("moves");
  const int zeros = builder.constant<std::int8_t>("zeros", {1, 4}, {0, 0, 0, 0}, q);
  const int numbers = builder.constant<std::int8_t>("numbers", {1, 4}, {1, -20, 30, 44}, q);
  builder.op("ADD", {in, in}, {moves});
  builder.op("MUL", {in, zeros}, {nothing});
  builder.op("ADD", {nothing, numbers}, {fixed});
  builder.inputs({in});
  builder.outputs({fixed, moves});
  const std::string path = folder / "two_outputs.tflite";
  EXPECT_TRUE(write_file_whole(path, builder.bytes()));
  return path;
}

DiffResult compared(const std::vector<InputArgument>& inputs) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  DiffOptions options;
  options.model = write_model(folder);
  options.a = options.b = "tflite-2.14-x86-ref";
  options.inputs = inputs;
  return diff(options).value().result;
}

TEST(Verdict, NamesEveryOutputAndSaysWhichEqualityProvesNothing) {
  // One sample alone does not show what depends on the input: two runs of noise do.
  for (const char* input : {"noise:1", "noise:1..3"}) {
    const DiffResult result = compared({input});
    const auto verdicts = report::output_verdicts(result);
    ASSERT_EQ(verdicts.size(), 2U);
    EXPECT_EQ(verdicts[0].output->name, "fixed");
    EXPECT_EQ(verdicts[0].layer->isolated.trust(), 1.0) << "its values are several, and none is at an end of the range";
    EXPECT_EQ(verdicts[0].mark, report::Mark::kProvesNothing);
    EXPECT_NE(verdicts[0].figures.find("A gives the same for"), std::string::npos) << verdicts[0].figures;
    EXPECT_EQ(verdicts[1].output->name, "moves");
    EXPECT_EQ(verdicts[1].mark, report::Mark::kSame);
  }
}

TEST(Verdict, SaysOnHowMuchItRests) {
  EXPECT_NE(report::output_verdicts(compared({"noise:1"}))[0].figures.find("1 input and 2 of noise"),
            std::string::npos);
  EXPECT_NE(report::output_verdicts(compared({"noise:1..3"}))[0].figures.find("3 inputs and 2 of noise"),
            std::string::npos);
}

LayerDiff of_expected(double expected, std::int64_t found) {
  LayerDiff layer;
  layer.type = DType::kInt8;
  layer.shape = {1000};
  const TensorSpec spec{"", DType::kInt8, layer.shape, {}};
  const std::vector<std::int8_t> a(1000, 0);
  std::vector<std::int8_t> b = a;
  std::fill_n(b.begin(), found, std::int8_t{1});
  layer.isolated.add({&spec, std::as_bytes(std::span(a))}, {&spec, std::as_bytes(std::span(b))}, 0);
  layer.expected = expected;
  return layer;
}

TEST(Usual, IsWithinAFactorOfTwoOrNearerThanChance) {
  const auto usual = [](double expected, std::int64_t found) {
    DiffResult result;
    result.layers.push_back(of_expected(expected, found));
    return report::usual_of(result)->is_usual;
  };
  EXPECT_TRUE(usual(100, 200));
  EXPECT_TRUE(usual(100, 50));
  EXPECT_FALSE(usual(100, 201));
  EXPECT_FALSE(usual(100, 49));
  EXPECT_TRUE(usual(0.1, 4));  // four standard deviations of a count of at least one
  EXPECT_FALSE(usual(0.1, 6));
  EXPECT_FALSE(report::usual_of(DiffResult()));
}

}  // namespace
}  // namespace nputwin::api::verdict_test
