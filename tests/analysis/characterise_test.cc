#include "analysis/agree/characterise.h"

#include <gtest/gtest.h>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "profile/rules.h"
#include "sides/input_source.h"
#include "support/paths.h"

namespace nputwin::characterise_test {
namespace {

ElementEpilogue step(const RequantizeRule& rule, double scale, std::int32_t zero_point) {
  return {rule, effective_multiplier(rule, scale), zero_point, {-128, 127}};
}

/// Against every sum of the range.
void expect_exact(const ElementEpilogue& a, const ElementEpilogue& b, std::int64_t lowest, std::int64_t highest) {
  const DifferingSums found = differing_sums(a, b, lowest, highest);
  std::int64_t differing = 0;
  for (std::int64_t sum = lowest; sum <= highest; ++sum) {
    const bool differs = a.code(sum) != b.code(sum);
    differing += differs;
    ASSERT_EQ(found.contains(sum), differs) << sum;
  }
  // Two codes may begin inside one interval where M is large.
  EXPECT_GE(found.sums(), differing);
}

TEST(DifferingSums, AreThoseThatDiffer) {
  for (const RequantizeRule& a : {rules::kDouble, rules::kDoubleHalfUp, rules::kF32}) {
    for (const RequantizeRule& b : {rules::kSingle, rules::kVipV8, rules::kVipV7, rules::kRndnu}) {
      for (const double scale : {0.0021764980926, 0.01, 0.3, 0.5, 0.75})
        expect_exact(step(a, scale, 3), step(b, scale, 3), -20000, 20000);
      expect_exact(step(a, 0.0001, -128), step(b, 0.0001, -128), -500, 300000);
    }
  }
}

TEST(DifferingSums, TiesAlone) {  // half up against half away at M = 1/2: the odd negative sums
  RequantizeRule away = rules::kSingle;
  away.rounding = Rounding::kHalfAwayFromZero;
  const DifferingSums found = differing_sums(step(rules::kSingle, 0.5, 0), step(away, 0.5, 0), -20, 20);
  EXPECT_EQ(found.sums(), 10);
  EXPECT_TRUE(found.contains(-19));
  EXPECT_FALSE(found.contains(-18));
  EXPECT_FALSE(found.contains(19));
  EXPECT_DOUBLE_EQ(found.reachable_share(), 10.0 / 41);
}

TEST(DifferingSums, ScaleOfNothing) {
  EXPECT_EQ(differing_sums(step(rules::kDouble, 0, 5), step(rules::kVipV8, 0, 5), -1000, 1000).sums(), 0);
}

TEST(Characteriser, ExpectsWhatIsMeasured) {
  const auto model = read_tflite(source_path("models/digits_embed20_i8.tflite")).value();
  Session a = Session::prepare(model, find_profile("tflite-2.9.1-arm64").value(), {}).value();
  Session b = Session::prepare(model, find_profile("vip-v8").value(), {}).value();
  Characteriser characteriser = Characteriser::of(a, b).value();
  const std::vector<TensorSpec> specs{a.input_spec(0)};
  const std::vector<InputArgument> source{source_path("models/digits_int8.npy")};
  const InputSet inputs = make_inputs(specs, source).value();
  for (std::size_t n = 0; n < inputs.size(); ++n) ASSERT_TRUE(characteriser.add(inputs.sample(n).value()));
  double expected = 0;
  std::int64_t measured = 0;
  for (const LayerCharacter& layer : characteriser.result()) {
    ASSERT_EQ(layer.unknown, "");
    expected += layer.expected_total();
    measured += layer.measured_total();
  }
  EXPECT_EQ(measured, 614);  // as the diff of the README counts
  EXPECT_NEAR(expected, 614, 61);
}

TEST(Characteriser, EqualProfilesNeverDiffer) {
  const auto model = read_tflite(source_path("models/digits_embed20_u8.tflite")).value();
  Session a = Session::prepare(model, find_profile("vip-v8").value(), {}).value();
  Session b = Session::prepare(model, find_profile("vip-v8").value(), {}).value();
  for (const LayerCharacter& layer : Characteriser::of(a, b).value().result()) EXPECT_EQ(layer.reachable_share(), 0);
}

// One release of the two applies the activation of a TRANSPOSE_CONV.
TEST(Characteriser, SaysNothingWhereTheSidesClampToOtherCodes) {
  const auto model = read_tflite(source_path("tests/vectors/directed/transpose_conv_activation.tflite")).value();
  const auto session = [&](const char* profile) {
    return Session::prepare(model, find_profile(profile).value(), {}).value();
  };
  Session old = session("tflite-2.9.1-x86-ref"), later = session("tflite-2.14-x86-ref");
  for (const auto& [a, b] : {std::pair(&old, &later), std::pair(&later, &old)}) {
    const auto layers = Characteriser::of(*a, *b).value().result();
    ASSERT_FALSE(layers.empty());
    for (const LayerCharacter& layer : layers) {
      EXPECT_EQ(layer.unknown, "the two sides clamp to other codes");
      EXPECT_TRUE(layer.channels.empty());
    }
  }
}

TEST(Characteriser, SaysOfWhatItSaysNothing) {
  const auto model = read_tflite(source_path("tests/vectors/directed/selection.tflite")).value();
  Session a = Session::prepare(model, find_profile("vip-v8").value(), {}).value();
  Session b = Session::prepare(model, find_profile("tflite-2.9.1-arm64").value(), {}).value();
  for (const LayerCharacter& layer : Characteriser::of(a, b).value().result()) EXPECT_NE(layer.unknown, "");
}

}  // namespace
}  // namespace nputwin::characterise_test
