// ADD, SUB and MUL of all 65,536 pairs of 8-bit codes: every form gives the codes of the definition, on every
// instruction set. Scales that make exact ties and zero points at the ends come first.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <set>

#include "ops/elementwise/pair_codes.h"
#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test::pair_forms_test {
namespace {

/// Scales of a, b and the output; zero points above the lowest code; an activation.
struct Case {
  float sa, sb, so;
  int za, zb, zo;
  int activation = 0;
};

constexpr int kRelu6 = 3;

std::vector<Case> cases() {
  std::vector<Case> all = {
      {1, 1, 2, 128, 128, 128},                     // halves
      {0.5F, 0.25F, 1, 0, 255, 128},                // quarters
      {1, 1, 1, 0, 0, 255},                         // whole numbers, half of them beyond the end
      {0.0625F, 0.0625F, 0.0078125F, 128, 127, 0},  // a product of 1/2: ties on both sides of 0
      {0.05F, 0.02F, 0.04F, 131, 7, 12, kRelu6},
      {0.001F, 3, 0.9F, 100, 3, 200},       // one operand hardly counts
      {0.03F, 0.03F, 0.2F, 128, 128, 128},  // few codes
      {0.125F, 0.125F, 0.5F, 128, 128, 129},
      {2, 2, 0.01F, 128, 128, 128},  // nearly all beyond the ends
      {0.9999999F, 0.5000001F, 1.0000001F, 1, 254, 255},
  };
  std::mt19937 engine(5);
  const auto scale = [&] { return std::exp(std::uniform_real_distribution<float>(-6, 0)(engine)); };
  const auto zero = [&] { return static_cast<int>(engine() % 256); };
  for (int i = 0; i < 6; ++i) all.push_back({scale(), scale(), scale(), zero(), zero(), zero(), i % 4});
  return all;
}

std::shared_ptr<const Model> model_of(const char* op, DType type, const Case& c, const Shape& shape) {
  ModelBuilder b;
  const int lowest = code_range(type).lo;
  const int x = b.tensor("x", type, shape, c.sa, c.za + lowest), z = b.tensor("z", type, shape, c.sb, c.zb + lowest);
  const int y = b.tensor("y", type, {}, c.so, c.zo + lowest);
  Attributes attributes;
  attributes.set("fused_activation_function", std::int64_t{c.activation});
  b.op(op, {x, z}, {y}, attributes);
  b.inputs({x, z}), b.outputs({y});
  return b.read();
}

/// All pairs, or each `step`-th.
std::vector<std::vector<std::byte>> all_pairs(int step = 1) {
  std::vector<std::vector<std::byte>> pairs(2);
  for (int i = 0; i < 65536; i += step) {
    pairs[0].push_back(static_cast<std::byte>(i >> 8));
    pairs[1].push_back(static_cast<std::byte>(i & 255));
  }
  return pairs;
}

std::string form_of(const Model& model, const Profile& profile, const Isa& isa) {
  SessionOptions options;
  options.isa = isa;
  return Session::coverage(model, profile, options).value().at(0).kernel.value().name;
}

TEST(PairForms, GiveTheDefinitionsCodesOfAllPairs) {
  const auto inputs = all_pairs();
  std::map<std::string, std::set<std::string>> forms;  // by instruction set
  std::vector<Profile> profiles;
  for (const char* name : {"litert-2.3-x86", "tflite-2.9.1-arm64", "vip-v8", "tflite-2.14-x86-builtin", "qnnpack",
                           "ort-mlas", "tosa-1.0-double", "tflite-2.9.1-arm64-builtin", "cmsis-nn-single", "vip-v7",
                           "tflite-2.14-x86-ref", "mesa-etnaviv-v8", "cmsis-nn-double", "ethos-u"})
    profiles.push_back(find_profile(name).value());
  const auto few = all_pairs(97);  // for which nothing is tried on all pairs
  std::size_t ran = 0, turn = 0;
  for (const Case& c : cases()) {
    for (const char* op : {"ADD", "SUB", "MUL"}) {
      for (const DType type : {DType::kInt8, DType::kUInt8}) {
        const auto model = model_of(op, type, c, {65536});
        const auto small = model_of(op, type, c, {static_cast<int>(few[0].size())});
        for (int k = 0; k < 2; ++k) {
          const Profile& profile = profiles[turn++ % profiles.size()];
          if (!Session::prepare(model, profile, {})) continue;  // it has no such op, or not of such scales
          ++ran;
          const auto expected = run_model(model, profile, inputs, scalar_isa());
          const auto expected_few = run_model(small, profile, few, scalar_isa());
          for (const Isa& isa : available_isas()) {
            if (!isa.scalar()) {
              forms[isa.name].insert(form_of(*model, profile, isa));
              forms[isa.name].insert(form_of(*small, profile, isa));
            }
            ASSERT_EQ(run_model(small, profile, few, isa), expected_few)
                << op << " " << profile.name << " " << isa.name;
            ASSERT_EQ(run_model(model, profile, inputs, isa, 2), expected)
                << op << " " << name(type) << " " << profile.name << " " << isa.name << " scales " << c.sa << " "
                << c.sb << " " << c.so << " zero points " << c.za << " " << c.zb << " " << c.zo;
          }
        }
      }
    }
  }
  EXPECT_GT(ran, 120U);
  for (const auto& [isa, names] : forms) {
    EXPECT_EQ(names, (std::set<std::string>{"bilinear", "bilinear_guarded", "pair_table", "product", "scalar",
                                            "shifted_sum", "stepped_sum", "weighted_sum"}))
        << isa;
  }
}

struct Sum {
  int more;
  bool operator==(const Sum&) const = default;
  template <typename N>
  Wide<N> operator()(const N& a, const N& b) const {
    return to<std::int64_t>(a + b) + more;
  }
};

/// What has been prepared is found again where the function, the types, the clamp and the instruction set are equal.
TEST(PairForms, AreSharedByEqualFunctions) {
  PairCache cache;
  const Isa& isa = available_isas().front();
  const auto get = [&](PairFunction f, DType type, CodeRange clamp, const Isa& with) {
    return cache.get({std::move(f), type, clamp, with, PairEffort::kAllPairs}, Bilinear{0, 1, 1, 0});
  };
  const CodeRange all = code_range(DType::kInt8);
  const auto first = get(Sum{1}, DType::kInt8, all, isa);
  EXPECT_EQ(first, get(Sum{1}, DType::kInt8, all, isa));
  EXPECT_NE(first, get(Sum{2}, DType::kInt8, all, isa));
  EXPECT_NE(first, get(Sum{1}, DType::kUInt8, code_range(DType::kUInt8), isa));
  EXPECT_NE(first, get(Sum{1}, DType::kInt8, {0, 127}, isa));
  EXPECT_NE(first, get(Sum{1}, DType::kInt8, all, scalar_isa()));
  const auto lambda = [](const auto& a, const auto& b) { return to<std::int64_t>(a + b) + 1; };
  EXPECT_NE(first, get(lambda, DType::kInt8, all, isa));
  EXPECT_TRUE(first->same_codes(*get(lambda, DType::kInt8, all, isa)));
  EXPECT_FALSE(first->same_codes(*get(Sum{2}, DType::kInt8, all, isa)));
}

}  // namespace
}  // namespace nputwin::test::pair_forms_test
