// Many sides measured at once, against each run by itself.

#include "analysis/agree/distance.h"

#include <gtest/gtest.h>

#include "analysis/agree/nearest.h"
#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "sides/input_source.h"
#include "support/paths.h"

namespace nputwin::distance_test {
namespace {

/// What the search gives, by running every op of both sides one after the other.
SideDistance measure(Session& a, Session& to, const InputSet& inputs) {
  SideDistance distance;
  const Graph& graph = to.graph();
  distance.outputs.resize(graph.outputs.size());
  distance.isolated.resize(graph.nodes.size());
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    const Sample sample = inputs.sample(n).value();
    for (Session* side : {&a, &to}) {
      EXPECT_TRUE(side->set_inputs(sample));
      side->reset_state();
    }
    for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
      if (to.kernel(node) == nullptr) continue;
      const auto specs = to.node_outputs(node);
      std::vector<Blob> memory;
      std::vector<MutableTensorView> isolated;
      for (const TensorView& spec : specs) memory.emplace_back(spec.spec->bytes());
      for (std::size_t k = 0; k < specs.size(); ++k) isolated.push_back({specs[k].spec, memory[k].mutable_bytes()});
      EXPECT_TRUE(a.run_node(node, to.node_inputs(node), isolated));
      EXPECT_TRUE(to.step(node));
      for (std::size_t k = 0; k < specs.size(); ++k) {
        DifferenceStats stats;
        stats.add(read_only(isolated[k]), to.node_outputs(node)[k], n);
        distance.isolated[node] += stats.mismatches();
        distance.isolated_elements += stats.elements();
      }
    }
    EXPECT_TRUE(a.run());
    EXPECT_TRUE(to.run());
    for (std::size_t k = 0; k < graph.outputs.size(); ++k) distance.outputs[k].add(a.output(k), to.output(k), n);
  }
  return distance;
}

void expect_equal(const std::string& file, const std::vector<InputArgument>& sources, const std::string& chip) {
  const auto model = read_tflite(source_path(file)).value();
  Session to = Session::prepare(model, find_profile(chip).value(), {}).value();
  std::vector<Session> sides;
  std::vector<std::string> names;
  for (const Profile& profile : builtin_profiles()) {
    auto session = Session::prepare(model, profile, {});
    if (!session) continue;
    names.push_back(profile.name);
    sides.push_back(std::move(*session));
  }
  const std::vector<TensorSpec> specs{to.input_spec(0)};
  const InputSet inputs = make_inputs(specs, sources).value();
  std::vector<Session*> pointers;
  for (Session& side : sides) pointers.push_back(&side);
  DistanceSearch search(to, pointers);
  for (std::size_t n = 0; n < inputs.size(); ++n) ASSERT_TRUE(search.add(inputs.sample(n).value(), n));
  std::size_t differing = 0;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const SideDistance &found = search.result()[i], one = measure(sides[i], to, inputs);
    ASSERT_EQ(found.failed, "") << names[i];
    EXPECT_EQ(found.isolated, one.isolated) << names[i];
    EXPECT_EQ(found.isolated_elements, one.isolated_elements) << names[i];
    for (std::size_t k = 0; k < one.outputs.size(); ++k) {
      EXPECT_EQ(found.outputs[k].histogram(), one.outputs[k].histogram()) << names[i];
      EXPECT_EQ(found.outputs[k].elements(), one.outputs[k].elements()) << names[i];
      EXPECT_EQ(found.outputs[k].sqnr_db(), one.outputs[k].sqnr_db()) << names[i];
    }
    differing += found.output_mismatches() > 0 ? 1 : 0;
  }
  EXPECT_GT(differing, 5U);

  const auto ranked = rank_builds(names, search);
  std::size_t ranked_names = 0;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    ranked_names += ranked[i].profiles.size();
    if (i < 2) continue;  // the first has no distance at all
    EXPECT_GE(ranked[i - 1].distance.least_sqnr_db().value(), ranked[i].distance.least_sqnr_db().value());
  }
  EXPECT_EQ(ranked_names, names.size());
  EXPECT_EQ(ranked.front().distance.output_mismatches(), 0);  // the chip itself is among them
}

TEST(DistanceSearch, MeasuresWhatRunsOfEachSideGive) {
  expect_equal("models/digits_embed20_i8.tflite", {"noise:1..3"}, "vip-v8");
  expect_equal("models/digits_embed20_u8.tflite", {"noise:1..2"}, "vip-v7");
}

}  // namespace
}  // namespace nputwin::distance_test
