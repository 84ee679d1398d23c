#include "session/layer_times.h"

#include <gmock/gmock.h>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "support/model_builder.h"
#include "support/paths.h"

namespace nputwin::test::layer_times_test {
namespace {

TEST(LayerTimes, EachLayerHasItsFormAndItsProducts) {
  const SessionOptions options;
  Session s = Session::prepare(read_tflite(source_path("models/conv_3x3_same_i8.tflite")).value(),
                               find_profile("vip-v8").value(), options)
                  .value();
  LayerClock clock(s);
  for (int run = 0; run < 4; ++run) ASSERT_TRUE(clock.run(s));
  const LayerTimes times = clock.result(s, options);
  EXPECT_EQ(times.runs, 4U);
  EXPECT_EQ(times.isa, options.isa.name);
  ASSERT_EQ(times.layers.size(), 1U);
  EXPECT_EQ(times.layers[0].type, "CONV_2D");
  EXPECT_EQ(times.layers[0].products, 16 * 8 * 46 * 46);  // 3x3 over 16x16, 8 channels to 16: 16 + 15 + 15 rows in all
  EXPECT_EQ(times.layers[0].kernel, s.kernel({0, 0})->form());
  EXPECT_DOUBLE_EQ(times.of_layers(), times.layers[0].milliseconds);
  EXPECT_DOUBLE_EQ(times.milliseconds, times.layers[0].milliseconds);
}

// A value that is known before anything runs has no kernel and takes no time.
TEST(LayerTimes, ConstantsHaveNoKernel) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {2, 3}, 1), shape = b.tensor("shape", DType::kInt32, {2});
  b.op("SHAPE", {x}, {shape});
  b.inputs({x});
  b.outputs({shape});
  Session s = Session::prepare(b.read(), find_profile("vip-v8").value(), {}).value();
  LayerClock clock(s);
  ASSERT_TRUE(clock.run(s));
  const LayerTimes times = clock.result(s, {});
  ASSERT_EQ(times.layers.size(), 1U);
  EXPECT_FALSE(times.layers[0].kernel);
  EXPECT_EQ(times.layers[0].products, 0);
}

TEST(LayerTimes, NothingTimedIsNoTime) {
  const Session s = Session::prepare(read_tflite(source_path("models/conv_3x3_same_i8.tflite")).value(),
                                     find_profile("vip-v8").value(), {})
                        .value();
  const LayerTimes times = LayerClock(s).result(s, {});
  EXPECT_EQ(times.runs, 0U);
  EXPECT_EQ(times.of_layers(), 0);
}

}  // namespace
}  // namespace nputwin::test::layer_times_test
