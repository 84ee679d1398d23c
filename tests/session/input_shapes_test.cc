#include <gtest/gtest.h>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "session/session.h"
#include "sides/input_source.h"
#include "support/paths.h"

namespace nputwin::input_shapes_test {
namespace {

TEST(InputShapes, ReplaceTheFiles) {
  const auto model = read_tflite(source_path("models/digits_embed20_i8.tflite")).value();
  const Profile profile = find_profile("litert-2.3-x86").value();
  SessionOptions options;
  const std::string name = model->main().spec(model->main().inputs[0]).name;
  options.input_shapes[name] = {3, 8, 8, 1};
  Session three = Session::prepare(model, profile, options).value();
  EXPECT_EQ(three.input_spec(0).shape, (Shape{3, 8, 8, 1}));
  EXPECT_EQ(three.output(0).spec->shape.front(), 3);

  // A batch is three single runs.
  const std::vector<TensorSpec> specs{three.input_spec(0)};
  const std::vector<InputArgument> source{"noise:1"};
  const auto inputs = make_inputs(specs, source).value().sample(0).value();
  ASSERT_TRUE(three.set_inputs(inputs));
  ASSERT_TRUE(three.run());
  Session one = Session::prepare(model, profile, {}).value();
  const std::size_t in = inputs[0].data.size() / 3, out = three.output(0).bytes.size() / 3;
  for (std::size_t k = 0; k < 3; ++k) {
    ASSERT_TRUE(one.set_input(0, {&one.input_spec(0), Bytes(inputs[0].data).subspan(k * in, in)}));
    ASSERT_TRUE(one.run());
    EXPECT_TRUE(std::ranges::equal(one.output(0).bytes, three.output(0).bytes.subspan(k * out, out))) << k;
  }

  for (const auto& [wrong_name, shape] :
       {std::pair<std::string, Shape>("nobody", {1, 8, 8, 1}), {name, {8, 8, 1}}, {name, {0, 8, 8, 1}}}) {
    SessionOptions bad;
    bad.input_shapes[wrong_name] = shape;
    const auto refused = Session::prepare(model, profile, bad);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find(name), std::string::npos) << refused.error().message;
  }
}

}  // namespace
}  // namespace nputwin::input_shapes_test
