#include "analysis/explain/cause_finder.h"

#include <gtest/gtest.h>

#include "analysis/element.h"
#include "io/tflite/reader.h"
#include "profile/variant.h"
#include "sides/input_source.h"
#include "support/paths.h"

namespace nputwin::cause_finder_test {
namespace {

// Few elements are computed one by one, many by running the op whole: an element's cause is the same.
void expect_equal_causes(const char* a, const char* b, std::int64_t at_least) {
  SCOPED_TRACE(std::string(a) + " against " + b);
  const auto model = read_tflite(source_path("models/digits_embed20_i8.tflite")).value();
  Session side_a = Session::prepare(model, resolve_profile(a).value(), {}).value();
  Session side_b = Session::prepare(model, resolve_profile(b).value(), {}).value();
  const std::vector<TensorSpec> specs{side_a.input_spec(0)};
  const std::vector<InputArgument> source{"noise:1"};
  ASSERT_TRUE(side_a.set_inputs(make_inputs(specs, source).value().sample(0).value()));
  CauseFinder finder(side_a, side_b);
  std::int64_t differing = 0;
  for (std::size_t node = 0; node < side_a.graph().nodes.size() && differing < 1000; ++node) {
    EXPECT_TRUE(side_a.step(node));
    const auto inputs = side_a.node_inputs(node);
    const TensorView of_a = side_a.node_outputs(node)[0];
    Blob room(of_a.bytes.size());
    const MutableTensorView out{of_a.spec, room.mutable_bytes()};
    EXPECT_TRUE(side_b.run_node(node, inputs, {&out, 1}));
    const TensorView of_b = read_only(out);
    CauseCounts together, one_by_one;
    finder.add(node, inputs, 0, of_a, of_b, together);
    const auto elements = static_cast<std::size_t>(of_a.spec->elements());
    for (std::size_t i = 0; i < elements; ++i) {
      const double x = element_of(of_a, i), y = element_of(of_b, i);
      if (x != y) one_by_one.add(CauseFinder::first_cause(finder.steps_of(node, inputs, 0, i, x, y), x).value());
    }
    EXPECT_EQ(together.total(), one_by_one.total()) << "op " << node;
    together.each([&](Cause cause, std::int64_t count) {
      EXPECT_EQ(one_by_one[cause], count) << "op " << node << ", " << name(cause);
    });
    differing += together.total();
  }
  EXPECT_GE(differing, at_least);
}

TEST(CauseFinder, OneByOneAsTogether) {
  expect_equal_causes("tflite-2.9.1-arm64", "vip-v8", 10);
  expect_equal_causes("tflite-2.9.1-arm64", "vip-v8{multiplier_bits=4}", 1000);
  expect_equal_causes("vip-v8", "vip-v8{accumulator_bits=12}", 10);
}

}  // namespace
}  // namespace nputwin::cause_finder_test
