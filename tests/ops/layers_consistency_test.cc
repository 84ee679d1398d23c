// Every instruction set and thread count gives the bytes of the plain definition: random layers around vector
// widths.

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "kernels/product/product.h"
#include "profile/micro_operands.h"
#include "profile/profile.h"
#include "support/random_model.h"

namespace nputwin::test::layers_consistency_test {
namespace {

/// The form of the only kernel of a model.
std::string form_of(const RandomModel& r, const Profile& profile, const Isa& isa) {
  SessionOptions options;
  options.isa = isa;
  const auto coverage = Session::coverage(*r.model, profile, options);
  return coverage ? coverage->at(0).kernel.value_or(KernelForm{"constant", "", {}, {}}).name : coverage.error().message;
}

/// The kernels that run on vectors on an instruction set.
using FormsOf = std::function<std::set<std::string>(const Isa&)>;
/// The same everywhere.
FormsOf always(std::set<std::string> forms) {
  return [forms = std::move(forms)](const Isa&) { return forms; };
}
std::set<std::string> conv_forms(const Isa& isa) {
  return {product_bytes(isa).lanes == 0 ? "int16_conv" : "bytes_conv"};
}
/// Where weights of 9 bits do not fit bytes, 16 bits are taken everywhere.
std::set<std::string> depthwise_forms(const Isa& isa) {
  if (product_bytes(isa).lanes == 0) return {"int16_depthwise"};
  return {"bytes_depthwise", "int16_depthwise"};
}

/// `forms`: the kernels that run on vectors, some model each; `others`: those that may run or not.
void compare(Family family, const std::function<RandomModel(std::uint32_t)>& make, std::uint32_t seeds,
             const FormsOf& forms, const std::set<std::string>& others = {}) {
  const std::vector<Profile> profiles = profiles_that_know(family);
  std::size_t distinct = 0;
  std::map<std::string, std::set<std::string>> ran;  // by instruction set
  for (std::uint32_t seed = 0; seed < seeds; ++seed) {
    const RandomModel r = make(seed);
    ASSERT_NE(r.model, nullptr) << r.description;
    const Profile& profile = profiles[seed % profiles.size()];
    if (r.per_channel_fully_connected && !profile.fully_connected_per_channel) continue;
    const Graph& graph = r.model->main();
    if (profile.registry == OpRegistry::kTflm && !check_micro_operands(graph, graph.nodes[0])) continue;
    const auto expected = run_model(r.model, profile, r.inputs, scalar_isa());
    for (const Isa& isa : available_isas()) {
      ran[isa.name].insert(form_of(r, profile, isa));
      for (const int threads : {1, 3}) {
        ASSERT_EQ(run_model(r.model, profile, r.inputs, isa, threads), expected)
            << r.description << " " << profile.name << " " << isa.name << " " << threads << " threads";
      }
    }
    ASSERT_FALSE(expected.empty()) << r.description;
    const auto& bytes = expected[0];
    distinct += std::adjacent_find(bytes.begin(), bytes.end(), std::not_equal_to<>()) != bytes.end();
  }
  EXPECT_GT(distinct, seeds / 3) << "most outputs are constant: equality proves nothing";
  for (const Isa& isa : available_isas()) {
    if (!isa.scalar()) {
      std::erase_if(ran[isa.name], [&](const std::string& form) { return others.contains(form); });
      EXPECT_EQ(ran[isa.name], forms(isa)) << isa.name;
    }
  }
}

TEST(LayersConsistency, Conv2D) { compare(Family::kConvolution, random_conv_2d, 600, conv_forms); }
TEST(LayersConsistency, DepthwiseConv2D) {
  compare(Family::kDepthwise, random_depthwise_conv_2d, 600, depthwise_forms);
}
TEST(LayersConsistency, FullyConnected) { compare(Family::kFullyConnected, random_fully_connected, 500, conv_forms); }
TEST(LayersConsistency, MaxPool2D) { compare(Family::kMovement, random_max_pool_2d, 80, always({"max_codes"})); }
/// Which sums and products have exact forms rests on how the instruction set rounds.
const std::set<std::string> kByAllPairs = {"bilinear", "bilinear_guarded", "pair_table"};
TEST(LayersConsistency, Add) {
  compare(Family::kAdd, random_add, 200, always({"scalar", "shifted_sum", "stepped_sum", "weighted_sum"}), kByAllPairs);
}
TEST(LayersConsistency, Mul) { compare(Family::kMul, random_mul, 200, always({"product", "scalar"}), kByAllPairs); }

TEST(ForcedIsa, OneThatIsNotThereIsAnError) {
  const auto isa = find_isa("avx9000");
  ASSERT_FALSE(isa);
  EXPECT_NE(isa.error().message.find("scalar"), std::string::npos);
  EXPECT_EQ(find_isa("scalar")->target, 0);
}

}  // namespace
}  // namespace nputwin::test::layers_consistency_test
