#include "api/float_weights.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "io/npz.h"
#include "support/model_builder.h"

namespace nputwin::api {
namespace {

const std::vector<float> kNumbers{0.504F, -0.021F, 0.1F, 1.27F, -1.0F, 0.0F};

/// A layer of six weights, as codes or as the numbers of which they were made.
test::ModelBuilder layer(bool as_numbers, const std::string& name) {
  test::ModelBuilder builder;
  const DType type = as_numbers ? DType::kFloat32 : DType::kInt8;
  const int x = builder.tensor("x", type, {1, 3}, as_numbers ? 0 : 0.1F);
  const int y = builder.tensor("y", type, {1, 2}, as_numbers ? 0 : 0.2F);
  const int w = as_numbers ? builder.constant<float>(name, {2, 3}, kNumbers)
                           : builder.constant<std::int8_t>(name, {2, 3}, {50, -2, 10, 127, -100, 0}, {{0.01F}, {0}, 0});
  builder.op("FULLY_CONNECTED", {x, w}, {y});
  builder.inputs({x});
  builder.outputs({y});
  return builder;
}

TensorSet set_of(const Tensor& tensor) {
  TensorSet set;
  set[tensor.spec.name] = tensor;
  return set;
}

class FloatWeightsOf : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] std::string written(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::shared_ptr<const Model> codes_ = layer(false, "w").read();
  int weights_ = codes_->main().nodes[0].inputs[1];
  std::vector<std::string> said_;
  Callbacks callbacks_ = [this] {
    Callbacks c;
    c.note = [this](const std::string& text) { said_.push_back(text); };
    return c;
  }();

 private:
  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) /
      (std::string("float_weights_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(FloatWeightsOf, AFloatModelOfOneGraphHasThem) {
  for (const char* name : {"w", "of another converter"}) {
    const auto found = read_float_weights(written("float.tflite", layer(true, name).bytes()), *codes_, callbacks_);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->at(weights_), kNumbers) << name;
  }
  EXPECT_TRUE(said_.empty());
}

TEST_F(FloatWeightsOf, AnNpzHasThemByName) {
  Tensor w{{"w", DType::kFloat32, {2, 3}, {}}, test::to_bytes(kNumbers)};
  ASSERT_TRUE(write_npz(path("w.npz"), set_of(w)));
  const auto found = read_float_weights(path("w.npz"), *codes_, callbacks_);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->at(weights_), kNumbers);
  // Of another name, and of numbers that never became these codes: none.
  w.spec.name = "v";
  ASSERT_TRUE(write_npz(path("v.npz"), set_of(w)));
  EXPECT_FALSE(read_float_weights(path("v.npz"), *codes_, callbacks_));
  w.spec.name = "w";
  w.data = test::to_bytes(std::vector<float>(6, 0.9F));
  ASSERT_TRUE(write_npz(path("w.npz"), set_of(w)));
  const auto none = read_float_weights(path("w.npz"), *codes_, callbacks_);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("for none of the weights"), std::string::npos) << none.error().message;
}

}  // namespace
}  // namespace nputwin::api
