// Conditions: their grammar, numbers that no figure reaches, what undefined figures do, scopes.

#include "analysis/compare/condition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace nputwin::condition_test {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::string refusal(std::string_view text) {
  const auto parsed = Condition::parse(text);
  return parsed ? "" : parsed.error().message;
}

Condition of(std::string_view text) { return Condition::parse(text).value(); }

template <typename T>
DifferenceStats stats(DType type, const std::vector<T>& a, const std::vector<T>& b) {
  const TensorSpec spec{"t", type, {static_cast<std::int32_t>(a.size())}, {{1.0F}, {0}, 0}};
  DifferenceStats stats;
  stats.add({&spec, std::as_bytes(std::span(a))}, {&spec, std::as_bytes(std::span(b))}, 0);
  return stats;
}
DifferenceStats codes(const std::vector<std::int8_t>& a, const std::vector<std::int8_t>& b) {
  return stats(DType::kInt8, a, b);
}
DifferenceStats numbers(const std::vector<float>& a, const std::vector<float>& b) {
  return stats(DType::kFloat32, a, b);
}

/// Four layers: 'a' and 'it's: odd' of op 3, 'scores' of op 7 and 'numbers' of op 8, the last two the model's outputs.
DiffResult result() {
  DiffResult r;
  const auto add = [&](std::size_t op, std::size_t output, const char* name, DifferenceStats isolated,
                       DifferenceStats accumulated) {
    LayerDiff& layer = r.layers.emplace_back();
    layer.node = op;
    layer.op = "CONV_2D";
    layer.output = output;
    layer.name = name;
    layer.isolated = std::move(isolated);
    layer.accumulated = std::move(accumulated);
  };
  add(3, 0, "a", codes({1, 2, 3, 4}, {1, 2, 3, 5}), codes({1, 2, 3, 4}, {1, 2, 3, 5}));
  add(3, 1, "it's: odd", codes({1, 2, 3, 4}, {1, 2, 3, 4}), codes({1, 2, 3, 4}, {3, 4, 3, 4}));
  add(7, 0, "scores", codes({1, 2, 3, 4}, {1, 2, 3, 4}), codes({1, 2, 3, 4}, {1, 2, 3, 7}));
  add(8, 0, "numbers", {}, numbers({1, 2}, {1, 2.5F}));
  OutputDiff scores;
  scores.name = "scores";
  scores.layer = 2;
  scores.kind = OutputKind::kClasses;
  scores.agreement = ClassAgreement{200, 197, 199, true};
  OutputDiff values;
  values.name = "numbers";
  values.layer = 3;
  r.outputs = {scores, values};
  return r;
}

/// The values that a condition looks at.
std::vector<double> values(std::string_view text, const DiffResult& of_result = result()) {
  std::vector<double> found;
  const auto places = of(text).look(of_result).value();
  for (const Condition::Place& place : places) found.push_back(place.value);
  return found;
}

std::string nothing(std::string_view text) {
  const auto places = of(text).look(result());
  return places ? "" : places.error().message;
}

TEST(Condition, BlanksStandAnywhere) {
  for (const char* text :
       {"mismatch>0.1%", "mismatch > 0.1 %", "  mismatch>  0.1%  ", "mismatch>0.001", "mismatch\t>1e-3"}) {
    EXPECT_TRUE(of(text).holds(0.00101)) << text;
    EXPECT_FALSE(of(text).holds(0.00099)) << text;
  }
  const Condition condition = of(" isolated : layer : 'relu 1' : largest >= 2 ");
  EXPECT_EQ(condition.scope(), (Condition::Scope{true, Condition::Scope::Of::kLayer, "relu 1", true}));
  EXPECT_TRUE(condition.holds(2.0));
  EXPECT_FALSE(of("largest > 2").holds(2.0));
}

TEST(Condition, ScopesNameLayersAndOutputs) {
  using Of = Condition::Scope::Of;
  EXPECT_EQ(of("layer:12:largest>2").scope(), (Condition::Scope{false, Of::kLayer, "12", false}));
  EXPECT_EQ(of("layer:'it''s: <odd>':largest>2").scope().which, "it's: <odd>");
  EXPECT_EQ(of("layer:\"it's \"\"odd\"\"\":largest>2").scope().which, "it's \"odd\"");
  EXPECT_EQ(of("output:cosine<0.999").scope(), (Condition::Scope{false, Of::kOutputs, "", true}));
  EXPECT_EQ(of("output:'mean:0':top1<99%").scope(), (Condition::Scope{false, Of::kOutput, "mean:0", true}));
  EXPECT_EQ(of("isolated:output:mismatch>0").scope(), (Condition::Scope{true, Of::kOutputs, "", true}));
}

TEST(Condition, MistakesSayWhatWasMeant) {
  EXPECT_NE(refusal("mismach>1%").find("no figure 'mismach' (did you mean 'mismatch'?)"), std::string::npos);
  EXPECT_NE(refusal("isolatd:mismatch>1%").find("no scope 'isolatd' (did you mean 'isolated'?)"), std::string::npos);
  EXPECT_NE(refusal("layer:relu:largest>2").find("layer: takes an op's number"), std::string::npos);
  EXPECT_NE(refusal("layer:'relu:largest>2").find("do not end"), std::string::npos);
  EXPECT_NE(refusal("layer:2:output:largest>2").find("one scope is enough"), std::string::npos);
  EXPECT_NE(refusal("top1<99%").find("expected output:top1<99%"), std::string::npos);
  EXPECT_NE(refusal("bias>1%").find("bias is no share"), std::string::npos);
  for (const char* text : {"", "mismatch", "mismatch>", "mismatch>x", "mismatch=0", "mismatch>nan", "largest>inf",
                           "largest>1e999", "largest>2 3", "largest>2%%", "isolated:isolated:largest>2", ">2"})
    EXPECT_NE(refusal(text).find("A condition is [SCOPE:]FIGURE RELATION NUMBER[%]"), std::string::npos) << text;
}

// A share never exceeds 1: a gate with such a limit passed whatever the sides computed.
TEST(Condition, NumbersThatNoFigureReachesAreRefused) {
  EXPECT_EQ(refusal("mismatch>1"),
            "'mismatch>1': mismatch is a share from 0 to 1: '>1' can never hold; did you mean 'mismatch>1%'?");
  EXPECT_NE(refusal("mismatch>5").find("did you mean 'mismatch>5%'?"), std::string::npos);
  EXPECT_NE(refusal("output:top1<99").find("'<99' always holds; did you mean 'top1<99%'?"), std::string::npos);
  EXPECT_EQ(refusal("mismatch>150%"), "'mismatch>150%': mismatch is a share from 0 to 1: '>150%' can never hold");
  EXPECT_EQ(refusal("cosine<-1"), "'cosine<-1': cosine is from -1 to 1: '<-1' can never hold");
  EXPECT_EQ(refusal("largest<0"), "'largest<0': largest is 0 or more: '<0' can never hold");
  for (const char* text : {"mismatch>=1.5", "mismatch<0", "mismatch<=-1", "mismatch>100%", "cosine>1", "cosine<-2",
                           "mae<0", "mse<=-1", "rmse<0", "std<0", "bias<0", "output:top5<0"})
    EXPECT_NE(refusal(text).find("can never hold"), std::string::npos) << text;
  for (const char* text : {"mismatch>=0", "mismatch>-1", "mismatch<=1", "mismatch<2", "largest>=0", "cosine<=1",
                           "cosine<2", "cosine>=-1", "mse>-0.1", "output:top1<=100%"})
    EXPECT_NE(refusal(text).find("always holds"), std::string::npos) << text;
  for (const char* text :
       {"mismatch>0", "mismatch>=1", "mismatch>=100%", "mismatch>99.9%", "mismatch<=0", "largest>300", "largest<=0",
        "cosine<1", "cosine<=-1", "cosine>=1", "sqnr<-300", "psnr>1000", "output:top1<100%"})
    EXPECT_EQ(refusal(text), "") << text;
}

TEST(Condition, FiguresHaveTheirValues) {
  const DifferenceStats s = codes({1, 2, 3, 4}, {1, 2, 3, 6});
  EXPECT_EQ(figure_of(Metric::kMismatch, s), 0.25);
  EXPECT_EQ(figure_of(Metric::kLargest, s), 2);
  EXPECT_EQ(figure_of(Metric::kMse, s), 1);
  EXPECT_EQ(figure_of(Metric::kBias, codes({1, 2, 3, 6}, {1, 2, 3, 4})), 0.5);
  EXPECT_NEAR(figure_of(Metric::kSqnr, s).value(), 10 * std::log10(30.0 / 4), 1e-12);
  EXPECT_EQ(figure_of(Metric::kTop1, s), std::nullopt);
  EXPECT_EQ(figure_of(Metric::kPsnr, numbers({1, 2}, {1, 3})), std::nullopt);
  EXPECT_EQ(figure_text(Metric::kMismatch, 0.25), "25 %");
}

// A side that was all zeros passed every limit on its cosine, which is undefined; one NaN passed every one on largest.
TEST(Condition, WhatCannotBeComputedDoesNotPass) {
  const DifferenceStats zeros = codes({1, 2, 3, 4}, {0, 0, 0, 0});
  EXPECT_TRUE(of("cosine<0.5").holds(zeros));
  const DifferenceStats no_signal = codes({0, 0, 0, 0}, {0, 0, 0, 1});
  EXPECT_TRUE(of("sqnr<1").holds(no_signal));
  const DifferenceStats one_sided = numbers({1, 2, 3, 4}, {1, 2, 3, kNan});
  for (const char* text : {"mismatch>10%", "largest>1000", "bias>1000", "std>1000", "mae>1000", "mse>1000", "rmse>1000",
                           "cosine<0.5", "sqnr<1"})
    EXPECT_TRUE(of(text).holds(one_sided)) << text;
  const DifferenceStats both = numbers({1, 2, kNan, 4}, {1, 2, kNan, 4});
  for (const char* text : {"mismatch>0", "largest>0", "cosine<1", "sqnr<300", "mae>0"})
    EXPECT_FALSE(of(text).holds(both)) << text;
}

TEST(Condition, EqualSidesPass) {
  for (const DifferenceStats& s : {codes({1, 2}, {1, 2}), codes({0, 0}, {0, 0})}) {
    for (const char* text : {"mismatch>0", "largest>0", "mse>0", "cosine<1", "sqnr<1000", "psnr<1000"})
      EXPECT_FALSE(of(text).holds(s)) << text;
  }
}

TEST(Condition, LooksWhereItsScopeSays) {
  EXPECT_EQ(values("mismatch>0"), (std::vector{0.25, 0.5, 0.25, 0.5}));
  EXPECT_EQ(values("isolated:mismatch>0"), (std::vector{0.25, 0.0, 0.0}));
  EXPECT_EQ(values("layer:3:largest>0"), (std::vector{1.0, 2.0}));
  EXPECT_EQ(values("layer:'it''s: odd':largest>0"), (std::vector{2.0}));
  EXPECT_EQ(values("output:largest>0"), (std::vector{3.0, 0.5}));
  EXPECT_EQ(values("isolated:output:largest>0"), (std::vector{0.0}));
  EXPECT_DOUBLE_EQ(values("output:'numbers':mse>0").at(0), 0.125);
  EXPECT_EQ(values("output:top1<99%"), (std::vector{0.985}));
  EXPECT_EQ(values("output:'scores':top5<99%"), (std::vector{0.995}));
  EXPECT_EQ(values("psnr<40").size(), 3U);
}

TEST(Condition, AGateThatLooksAtNothingIsAnError) {
  EXPECT_NE(nothing("layer:12:mismatch>0").find("no such layer was compared"), std::string::npos);
  EXPECT_NE(nothing("output:'nobody':mismatch>0").find("no such output of the model was compared"), std::string::npos);
  EXPECT_NE(nothing("isolated:layer:8:mismatch>0").find("there are no isolated figures of it"), std::string::npos);
  EXPECT_NE(nothing("layer:8:psnr<40").find("its values are numbers"), std::string::npos);
  EXPECT_NE(nothing("output:'numbers':top1<99%").find("--output-kind 'numbers=classes' says so"), std::string::npos);
  DiffResult few = result();
  few.outputs[0].agreement = ClassAgreement{10, 10, 10, false};
  const auto top5 = of("output:'scores':top5<99%").look(few);
  ASSERT_FALSE(top5);
  EXPECT_NE(top5.error().message.find("no more than five classes"), std::string::npos);
  DiffResult none = result();
  none.outputs.clear();
  EXPECT_FALSE(of("output:mismatch>0").look(none));
}

TEST(Condition, WorseIsFurtherOnTheWrongSide) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(of("mismatch>1%").is_worse(0.031, 0.03));
  EXPECT_FALSE(of("mismatch>1%").is_worse(0.03, 0.03));
  EXPECT_FALSE(of("mismatch>1%").is_worse(0.03 * (1 + 1e-12), 0.03));
  EXPECT_FALSE(of("mismatch>1%").is_worse(0.02, 0.03));
  EXPECT_TRUE(of("cosine<0.99").is_worse(0.97, 0.98));
  EXPECT_FALSE(of("cosine<0.99").is_worse(0.985, 0.98));
  EXPECT_TRUE(of("sqnr<40").is_worse(30, inf));
  EXPECT_FALSE(of("sqnr<40").is_worse(inf, inf));
  EXPECT_TRUE(of("cosine<0.99").is_worse(kNan, 0.98));
  EXPECT_FALSE(of("cosine<0.99").is_worse(kNan, kNan));
  EXPECT_FALSE(of("cosine<0.99").is_worse(0.1, kNan));
}

}  // namespace
}  // namespace nputwin::condition_test
