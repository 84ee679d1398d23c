#include "session/shapes.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "support/model_builder.h"
#include "support/paths.h"

namespace nputwin::test::shapes_test {
namespace {

/// What a converter makes of reshape(x, [2 * the first dimension, -1]): SHAPE, STRIDED_SLICE, MUL, PACK, RESHAPE.
ModelBuilder computed_reshape(DType factor_type) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {3, 8}, 0.5F, 0);
  const int shape = b.tensor("shape", DType::kInt32, {}), first = b.tensor("first", DType::kInt32, {});
  b.op("SHAPE", {x}, {shape});
  const int zero = b.constant<std::int32_t>("zero", {1}, {0}), one = b.constant<std::int32_t>("one", {1}, {1});
  b.op("STRIDED_SLICE", {shape, zero, one, one}, {first}, {{"shrink_axis_mask", 1}});
  int factor = b.constant<std::int32_t>("two", {}, {2});
  if (factor_type == DType::kFloat32) {  // 2 by way of float32
    const int real = b.tensor("real", DType::kFloat32, {}), back = b.tensor("back", DType::kInt32, {});
    b.op("CAST", {factor}, {real});
    b.op("CAST", {real}, {back});
    factor = back;
  }
  const int rows = b.tensor("rows", DType::kInt32, {}), wanted = b.tensor("wanted", DType::kInt32, {});
  b.op("MUL", {first, factor}, {rows});
  b.op("PACK", {rows, b.constant<std::int32_t>("rest", {}, {-1})}, {wanted}, {{"values_count", 2}});
  const int y = b.tensor("y", DType::kInt8, {}, 0.5F, 0);
  b.op("RESHAPE", {x, wanted}, {y});
  b.inputs({x}), b.outputs({y});
  return b;
}

TEST(ShapesOf, FoldsTheIntegersThatShapesAreComputedOf) {
  ModelBuilder b = computed_reshape(DType::kInt32);
  const auto specs = shapes_of(b.model());
  ASSERT_TRUE(specs) << specs.error().message;
  EXPECT_EQ(specs->back().shape, (Shape{6, 4}));

  SessionOptions options;
  options.input_shapes["x"] = {5, 4};
  EXPECT_EQ(shapes_of(b.model(), options).value().back().shape, (Shape{10, 2}));
}

TEST(ShapesOf, SaysWhereAProfileDecides) {
  ModelBuilder b = computed_reshape(DType::kFloat32);
  const auto specs = shapes_of(b.model());
  ASSERT_FALSE(specs);
  EXPECT_EQ(
      specs.error().message,
      "built.tflite: op 6 RESHAPE: its output's shape is computed while the model runs; the values of 'wanted' depend "
      "on the profile, and no profile is named here");
}

TEST(ShapesOf, NamesTheOpThatIsNotKnown) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kFloat32, {2}), y = b.tensor("y", DType::kFloat32, {2});
  b.op("RFFT2D", {x}, {y});
  b.inputs({x}), b.outputs({y});
  const auto specs = shapes_of(b.model());
  ASSERT_FALSE(specs);
  EXPECT_EQ(specs.error().message, "built.tflite: op 0 RFFT2D: this op is not supported");
}

/// Models of nearly all ops: whatever a session finds, shapes_of finds without its profile.
TEST(ShapesOf, AreThoseOfASession) {
  std::size_t compared = 0;
  for (const char* folder : {"models", "tests/vectors/directed"}) {
    for (const auto& entry : std::filesystem::directory_iterator(source_path(folder))) {
      if (entry.path().extension() != ".tflite") continue;
      const auto model = read_tflite(entry.path().string()).value();
      for (const char* profile : {"tflite-2.14-x86-ref", "litert-2.3-x86"}) {
        const auto session = Session::prepare(model, find_profile(profile).value(), {});
        if (!session) continue;
        ++compared;
        const auto specs = shapes_of(*model);
        ASSERT_TRUE(specs) << specs.error().message;
        for (std::size_t t = 0; t < specs->size(); ++t)
          EXPECT_EQ((*specs)[t].shape, session->preparation().specs()[t].shape) << entry.path() << " tensor " << t;
      }
    }
  }
  EXPECT_GT(compared, 200U);
}

}  // namespace
}  // namespace nputwin::test::shapes_test
