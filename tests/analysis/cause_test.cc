#include "analysis/explain/cause_finder.h"

#include <gmock/gmock.h>

#include <numeric>

#include "analysis/compare/diff.h"
#include "model/one_op_model.h"
#include "profile/profile.h"
#include "profile/rules.h"
#include "sides/input_source.h"

namespace nputwin::cause_test {
namespace {

using testing::ElementsAre;
using testing::Pair;

using Counts = std::vector<std::pair<Cause, std::int64_t>>;

Counts list_of(const CauseCounts& counts) {
  Counts list;
  counts.each([&](Cause cause, std::int64_t n) { list.emplace_back(cause, n); });
  return list;
}

TEST(RulePath, EndsWithB) {
  for (const RequantizeRule& a :
       {rules::kDouble, rules::kF32, rules::kRndnu, rules::kVipV8, rules::kNvdla, rules::kSixteenBits}) {
    for (const RequantizeRule& b :
         {rules::kSingle, rules::kF32, rules::kDouble, rules::kVipV7, rules::kRocket, rules::kReal64})
      EXPECT_EQ(rule_path(a, b).back().after, b);
  }
}

TEST(ProfilePath, EndsWithBAndLeavesEqualProfilesAlone) {
  for (const Profile& a : builtin_profiles()) {
    for (const Profile& b : builtin_profiles()) {
      const ProfilePath path = profile_path(a, b);
      if (path.steps.empty()) continue;
      EXPECT_EQ(path.steps.back().after.int8, b.int8);
      EXPECT_EQ(path.steps.back().after.uint8, b.uint8);
      EXPECT_EQ(path.steps.back().after.mul, b.mul);
    }
    EXPECT_TRUE(profile_path(a, a).steps.empty()) << a.name;
  }
}

/// Profiles here are values that have no name, so their sessions are sides.
class SessionSide final : public Side {
 public:
  explicit SessionSide(Session session) : session_(std::move(session)) {}
  std::string name() const override { return session_.profile().name; }
  Status begin(std::size_t /*n*/, std::span<const Tensor> inputs) override { return session_.set_inputs(inputs); }
  Status step(NodeId node) override { return session_.step(node); }
  Result<TensorView> output(NodeId node, std::size_t k) const override { return session_.node_outputs(node)[k]; }
  Session* session() override { return &session_; }

 private:
  Session session_;
};

Counts causes_of(const std::shared_ptr<const Model>& model, const Profile& a, const Profile& b,
                 const std::vector<std::vector<std::int8_t>>& codes) {
  Session sa = Session::prepare(model, a, {}).value(), sb = Session::prepare(model, b, {}).value();
  Sample sample;
  for (std::size_t k = 0; k < codes.size(); ++k) {
    const auto bytes = std::as_bytes(std::span(codes[k]));
    sample.push_back({sa.input_spec(k), {bytes.begin(), bytes.end()}});
  }
  const Sides sides{model, std::make_unique<SessionSide>(std::move(sa)), std::make_unique<SessionSide>(std::move(sb))};
  Diff diff(sides);
  EXPECT_TRUE(diff.add(0, sample));
  const LayerDiff layer = diff.result().layers[0];
  EXPECT_EQ(layer.causes.total(), layer.isolated.mismatches());
  return list_of(layer.causes);
}

std::vector<std::int8_t> all_codes() {
  std::vector<std::int8_t> codes(256);
  std::iota(codes.begin(), codes.end(), std::int8_t{-128});
  return codes;
}

/// Of all codes times `weight`, all input scales 1.
Counts causes_of(const RequantizeRule& a, const RequantizeRule& b, float s_out, std::int32_t zero_point = 0,
                 std::int8_t weight = 1) {
  OneOpModel op("CONV_2D");
  op.input({"in", DType::kInt8, {1, 16, 16, 1}, {{1}, {0}, 0}});
  op.constant<std::int8_t>({1, 1, 1, 1}, {weight}, {{1}, {0}, 0});
  op.attribute("stride_w", std::int64_t{1}), op.attribute("stride_h", std::int64_t{1});
  Profile pa = find_profile("vip-v8").value(), pb = pa;
  pa.int8.conv = MatmulRule::same(a);
  pb.int8.conv = MatmulRule::same(b);
  return causes_of(op.output(DType::kInt8, {{s_out}, {zero_point}, 0}), pa, pb, {all_codes()});
}

template <typename F>
RequantizeRule but(RequantizeRule rule, F change) {
  change(rule);
  return rule;
}

TEST(Cause, Tie) {  // -0.5, -1.5, … of the odd negative sums
  const auto away = but(rules::kSingle, [](auto& r) { r.rounding = Rounding::kHalfAwayFromZero; });
  EXPECT_THAT(causes_of(rules::kSingle, away, 2), ElementsAre(Pair(Cause::kTie, 64)));
}

TEST(Cause, ZeroPointOrder) {  // q + 1/2 + 1 and q + 1/2 have another even neighbour
  const auto last = but(rules::kVipV8, [](auto& r) { r.zero_point_first = false; });
  EXPECT_THAT(causes_of(rules::kVipV8, last, 2, 1), ElementsAre(Pair(Cause::kZeroPointOrder, 128)));
}

TEST(Cause, SecondRounding) {  // 5 * 0.3 / 2: 1.5 rounded to 2 before 2 / 2, where 0.75 is 1
  const auto once = but(rules::kDouble, [](auto& r) { r.method = RequantizeRule::Method::kOneStep; });
  const Counts counts = causes_of(rules::kDouble, once, 10 / 3.0F);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].first, Cause::kSecondRounding);
}

TEST(Cause, Binary32Product) {  // 5 * binary32(0.1) is 0.5000000075, as a binary32 number 0.5
  const auto exact =
      but(rules::kF32, [](auto& r) { r.method = RequantizeRule::Method::kSignificand, r.multiplier_bits = 24; });
  const Counts counts = causes_of(rules::kF32, exact, 10);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].first, Cause::kBinary32Product);
}

TEST(Cause, MultiplierWidth) {  // 5 * 0.1 with 16 bits is under a half
  const Counts counts = causes_of(rules::kVipV8, rules::kVipV7, 10);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].first, Cause::kMultiplier);
}

TEST(Cause, Overflow) {  // 100 * 100 leaves 12 bits
  const auto narrow = but(rules::kVipV8, [](auto& r) { r.accumulator_bits = 12; });
  const auto wraps = but(narrow, [](auto& r) { r.accumulator_overflow = RequantizeRule::Overflow::kWraps; });
  Counts counts = causes_of(rules::kVipV8, narrow, 200, 0, 100);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].first, Cause::kOverflow);
  counts = causes_of(narrow, wraps, 200, 0, 100);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].first, Cause::kOverflow);
}

TEST(Cause, OverflowInTheShift) {  // q * 2^28: two_step shifts 16 out of 32 bits before it multiplies
  const auto once = but(rules::kDouble, [](auto& r) { r.method = RequantizeRule::Method::kOneStep; });
  for (const Counts& counts : {causes_of(rules::kDouble, once, 0x1p-27F), causes_of(once, rules::kDouble, 0x1p-27F)}) {
    ASSERT_EQ(counts.size(), 1U);
    EXPECT_EQ(counts[0].first, Cause::kOverflow);
  }
}

TEST(Cause, ProductWidth) {
  const auto few = but(rules::kVipV8, [](auto& r) { r.product_bits = 8; });
  const Counts counts = causes_of(rules::kVipV8, few, 3);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].first, Cause::kProductWidth);
}

Counts causes_of_add(AddMethod a, AddMethod b, float s_out) {
  OneOpModel op("ADD");
  op.input({"x", DType::kInt8, {1, 16, 16, 1}, {{1}, {0}, 0}});
  op.input({"y", DType::kInt8, {1, 16, 16, 1}, {{0.5F}, {0}, 0}});
  op.attribute("fused_activation_function", std::int64_t{0});
  Profile pa = find_profile("vip-v8").value(), pb = pa;
  pa.add = a;
  pb.add = b;
  std::vector<std::int8_t> other = all_codes();
  std::reverse(other.begin(), other.end());
  return causes_of(op.output(DType::kInt8, {{s_out}, {0}, 0}), pa, pb, {all_codes(), other});
}

// Where methods differ, the exact result decides: x/1 + y/2 over 2 is often a tie, and two_stage breaks it away from
// zero.
TEST(Cause, TiesOfMethods) {
  const Counts counts = causes_of_add(AddMethod::kTwoStage, AddMethod::kReal, 2);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].first, Cause::kTie);
}

// 8-bit weights cannot say the ratio.
TEST(Cause, AMethodThatIsAnotherOp) {
  const Counts counts = causes_of_add(AddMethod::kEightBitWeights, AddMethod::kReal, 1.2F);
  ASSERT_FALSE(counts.empty());
  EXPECT_EQ(counts[0].first, Cause::kSubstitution);
}

}  // namespace
}  // namespace nputwin::cause_test
