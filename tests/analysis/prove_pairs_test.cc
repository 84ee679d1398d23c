// What is proven of element-wise ops, against a run of every pair of codes.

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "analysis/prove/parts_proof.h"
#include "analysis/prove/prove.h"
#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::prove_pairs_test {
namespace {

using test::ModelBuilder;

struct Op {
  const char* name;
  Family family;
};
constexpr Op kOps[] = {{"ADD", Family::kAdd}, {"SUB", Family::kAdd}, {"MUL", Family::kMul}};

struct Quantized {
  float scale;
  std::int32_t zero_point;
};

/// One op of two inputs of `elements` elements.
std::shared_ptr<const Model> model_of(const Op& op, DType type, std::int32_t elements, const Quantized (&of)[3]) {
  ModelBuilder b;
  const int x = b.tensor("x", type, {elements}, of[0].scale, of[0].zero_point);
  const int y = b.tensor("y", type, {elements}, of[1].scale, of[1].zero_point);
  const int z = b.tensor("z", type, {elements}, of[2].scale, of[2].zero_point);
  b.op(op.name, {x, y}, {z});
  b.inputs({x, y});
  b.outputs({z});
  return b.read();
}

struct Counted {
  std::int64_t differing = 0;
  double largest = 0;
};

/// Runs both sides on every pair of codes: `elements` pairs at a time.
Counted run_all_pairs(Session& a, Session& b, DType type, std::size_t elements) {
  constexpr std::size_t kPairs = 65536;
  const CodeRange range = code_range(type);
  Counted counted;
  Tensor x{a.input_spec(0), std::vector<std::byte>(elements)}, y{a.input_spec(1), std::vector<std::byte>(elements)};
  for (std::size_t first = 0; first < kPairs; first += elements) {
    for (std::size_t i = 0; i < elements; ++i) {
      x.data[i] = static_cast<std::byte>((first + i) % kPairs / 256);
      y.data[i] = static_cast<std::byte>((first + i) % 256);
    }
    for (Session* side : {&a, &b}) {
      EXPECT_TRUE(side->set_input(0, x.view()));
      EXPECT_TRUE(side->set_input(1, y.view()));
      EXPECT_TRUE(side->run());
    }
    for (std::size_t i = 0; i < std::min(elements, kPairs - first); ++i) {
      const auto code = [&](const Session& side) {
        const auto byte = static_cast<std::uint8_t>(side.output(0).bytes[i]);
        return range.lo < 0 ? std::int32_t{static_cast<std::int8_t>(byte)} : std::int32_t{byte};
      };
      const double distance = std::abs(code(a) - code(b));
      counted.differing += distance != 0 ? 1 : 0;
      counted.largest = std::max(counted.largest, distance);
    }
  }
  return counted;
}

/// A run of 65,536 elements is all in whole blocks, one of 3 all in the last elements, for which runtimes have another
/// rule.
TEST(Prove, CountsThePairsOfCodesThatDiffer) {
  std::mt19937 random(3);
  std::size_t equal = 0, differ = 0;
#ifdef NPUTWIN_SANITIZED
  constexpr int kCases = 20;
#else
  constexpr int kCases = 200;
#endif
  for (int trial = 0; trial < kCases; ++trial) {
    const Op& op = kOps[random() % std::size(kOps)];
    const DType type = random() % 2 == 0 ? DType::kInt8 : DType::kUInt8;
    const auto quantized = [&](float scale) -> Quantized {
      const float factor = std::exp2(static_cast<float>(random() % 64) / 32 - 1);
      return {scale * factor, code_range(type).lo + static_cast<std::int32_t>(random() % 256)};
    };
    const Quantized of[] = {quantized(0.02F), quantized(0.02F), quantized(op.family == Family::kMul ? 0.05F : 0.04F)};
    const auto profiles = test::profiles_that_know(op.family);
    const Profile &first = profiles[random() % profiles.size()], &second = profiles[random() % profiles.size()];
    for (const std::int32_t elements : {3, 65536}) {
      const auto model = model_of(op, type, elements, of);
      auto a = Session::prepare(model, first, {}), b = Session::prepare(model, second, {});
      if (!a || !b) continue;  // MLAS has no SUB, powers of two are needed ...
      const auto proof = prove(*a, *b);
      ASSERT_TRUE(proof) << proof.error().message;
      const OpProof& found = proof->ops[0].proof;
      const Counted counted = run_all_pairs(*a, *b, type, static_cast<std::size_t>(elements));
      const std::string what =
          fmt::format("trial {} {} of {} elements, {} against {}", trial, op.name, elements, first.name, second.name);
      ASSERT_EQ(found.by, ProofBy::kPairs) << what;
      ASSERT_EQ(found.arguments, 65536) << what;
      ASSERT_EQ(found.differing, counted.differing) << what;
      ASSERT_EQ(found.largest, counted.largest) << what;
      ASSERT_EQ(found.verdict, counted.differing == 0 ? ProofVerdict::kEqual : ProofVerdict::kDiffers) << what;
      ++(counted.differing == 0 ? equal : differ);
    }
  }
  EXPECT_GT(equal, kCases / 8U);
  EXPECT_GT(differ, kCases / 8U);
}

/// 16-bit codes, some of them, against each pair of these.
TEST(Prove, CountsPairsByTheirParts) {
  std::mt19937 random(5);
  std::size_t equal = 0, differ = 0, by_thresholds = 0;
  constexpr Op kAll[] = {{"ADD", Family::kInt16}, {"SUB", Family::kInt16}, {"MUL", Family::kInt16}};
#ifdef NPUTWIN_SANITIZED
  constexpr int kCases = 20;
#else
  constexpr int kCases = 80;
#endif
  for (int trial = 0; trial < kCases; ++trial) {
    const Op& op = kAll[trial % std::size(kAll)];
    const auto quantized = [&](float scale) -> Quantized {
      return {scale * std::exp2(static_cast<float>(random() % 64) / 32 - 1), 0};
    };
    const bool mul = op.name[0] == 'M';
    const Quantized of[] = {quantized(0.001F), quantized(0.001F), quantized(mul ? 0.03F : 0.002F)};
    const auto profiles = test::profiles_that_know(op.family);
    const Profile &first = profiles[random() % profiles.size()], &second = profiles[random() % profiles.size()];
    const auto model = model_of(op, DType::kInt16, random() % 2 == 0 ? 3 : 64, of);
    auto a = Session::prepare(model, first, {}), b = Session::prepare(model, second, {});
    if (!a || !b) continue;
    const auto of_a = a->kernel(0)->definition(a->context(0)), of_b = b->kernel(0)->definition(b->context(0));
    const auto parts_a = of_a->parts(0), parts_b = of_b->parts(0);
    const std::string what = fmt::format("trial {} {}, {} against {}", trial, op.name, first.name, second.name);
    ASSERT_TRUE(parts_a && parts_b) << what;
    const auto codes = [&] {
      std::set<std::int32_t> some{INT16_MIN, -1, 0, 1, INT16_MAX};
      while (some.size() < 300) some.insert(static_cast<std::int16_t>(random()));
      return std::vector<std::int32_t>(some.begin(), some.end());
    };
    const std::vector<std::int32_t> x = codes(), y = codes();
    Counted counted;
    const auto in_a = of_a->function(0), in_b = of_b->function(0);
    for (const std::int32_t p : x) {
      for (const std::int32_t q : y) {
        const std::int64_t u = parts_a->first(p), v = parts_a->second(q);
        ASSERT_EQ(parts_a->finish(parts_a->product ? u * v : u + v), in_a(p, q)) << what << ": " << p << ", " << q;
        const double distance = std::abs(in_a(p, q) - in_b(p, q));
        counted.differing += distance != 0 ? 1 : 0;
        counted.largest = std::max(counted.largest, distance);
      }
    }
    const PartsProof tried = prove_parts(*parts_a, *parts_b, x, y);
    if (!tried.open.empty()) continue;
    ASSERT_FALSE(tried.at_most) << what;
    ASSERT_EQ(tried.differing, counted.differing) << what;
    ASSERT_EQ(tried.largest, counted.largest) << what;
    ++(counted.differing == 0 ? equal : differ);

    const PartsProof found = prove_parts(*parts_a, *parts_b, x, y, 0);
    if (!found.open.empty()) continue;  // differences lie where few pairs are
    ++by_thresholds;
    ASSERT_GE(found.bound, counted.largest) << what;
    ASSERT_TRUE(found.at_most ? found.differing >= counted.differing : found.differing == counted.differing) << what;
    ASSERT_EQ(found.example.has_value(), found.largest > 0) << what;
    ASSERT_LE(found.largest, counted.largest) << what;
    if (!found.example) continue;
    ASSERT_EQ(in_a(found.example->first, found.example->second), found.example->a) << what;
    ASSERT_EQ(in_b(found.example->first, found.example->second), found.example->b) << what;
  }
  EXPECT_GT(equal, kCases / 10U);
  EXPECT_GT(differ, 0U);
  EXPECT_GT(by_thresholds, kCases / 2U);
}

}  // namespace
}  // namespace nputwin::prove_pairs_test
