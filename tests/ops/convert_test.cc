// QUANTIZE of binary32 numbers and DEQUANTIZE: every instruction set gives the bytes of the definition. Ties, numbers
// beside them, the ends of binary32 and of the codes come first.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test::convert_test {
namespace {

struct Scale {
  float scale;
  int zero;  // above the lowest code
};

const std::vector<Scale>& scales() {
  static const std::vector<Scale> kScales = {{1, 128},      {0.5F, 0},   {0.1F, 255},  {3, 7},
                                             {1e-30F, 128}, {1e-45F, 3}, {3e38F, 128}, {0.0078125F, 127}};
  return kScales;
}

std::vector<float> numbers(float scale) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> values = {0,       -0.0F,   kInfinity, -kInfinity, std::nanf(""), -std::nanf(""), 1e-45F,
                               -1e-45F, 3.4e38F, -3.4e38F,  1e6F,       -1e6F,         2147483648.0F,  -2147483648.0F};
  for (int half = -600; half <= 600; ++half) {
    const float tie = static_cast<float>(half) * 0.5F * scale;
    values.insert(values.end(), {tie, std::nextafter(tie, kInfinity), std::nextafter(tie, -kInfinity)});
  }
  std::mt19937 engine(11);
  while (values.size() < 5003)
    values.push_back(std::uniform_real_distribution<float>(-300, 300)(engine) * std::min(scale, 1e36F));
  return values;
}

/// One for each method there is.
template <typename Method>
std::vector<Profile> profiles_by(Family family, Method method) {
  std::vector<Profile> distinct;
  std::set<std::pair<int, bool>> methods;
  for (const Profile& p : profiles_that_know(family)) {
    if (methods.emplace(static_cast<int>(method(p)), p.fused_multiply_add).second) distinct.push_back(p);
  }
  return distinct;
}

void expect_equal(const ModelBuilder& b, const Profile& profile, const std::vector<std::vector<std::byte>>& inputs,
                  const std::string& what) {
  const auto model = b.read();
  if (!Session::prepare(model, profile, {})) return;
  const auto expected = run_model(model, profile, inputs, scalar_isa());
  for (const Isa& isa : available_isas())
    ASSERT_TRUE(run_model(model, profile, inputs, isa) == expected) << what << " " << profile.name << " " << isa.name;
}

TEST(ConvertForms, QuantizeIsTheDefinition) {
  const auto profiles = profiles_by(Family::kQuantize, [](const Profile& p) { return p.quantize; });
  EXPECT_GT(profiles.size(), 3U);
  for (const Profile& profile : profiles) {
    for (const DType type : {DType::kInt8, DType::kUInt8, DType::kInt16}) {
      for (const Scale& s : scales()) {
        const auto values = numbers(s.scale);
        ModelBuilder b;
        const int x = b.tensor("x", DType::kFloat32, {static_cast<int>(values.size())});
        const int y = b.tensor("y", type, {}, s.scale, type == DType::kInt16 ? 0 : s.zero + code_range(type).lo);
        b.op("QUANTIZE", {x}, {y});
        b.inputs({x}), b.outputs({y});
        expect_equal(b, profile, {to_bytes(values)}, std::string(name(type)) + " " + std::to_string(s.scale));
      }
    }
  }
}

TEST(ConvertForms, DequantizeIsTheDefinition) {
  std::vector<std::byte> bytes;
  for (int i = 0; i < 2 * 65536 + 6; ++i) bytes.push_back(static_cast<std::byte>(i % 2 == 0 ? i / 2 : i / 512));
  const auto profiles = profiles_by(Family::kDequantize, [](const Profile& p) { return p.dequantize; });
  EXPECT_GT(profiles.size(), 2U);
  for (const Profile& profile : profiles) {
    for (const DType type : {DType::kInt8, DType::kUInt8, DType::kInt16}) {
      for (const Scale& s : scales()) {
        ModelBuilder b;
        const int count = static_cast<int>(bytes.size()) / (type == DType::kInt16 ? 2 : 1);
        const int x = b.tensor("x", type, {count}, s.scale, type == DType::kInt16 ? 0 : s.zero + code_range(type).lo);
        const int y = b.tensor("y", DType::kFloat32, {});
        b.op("DEQUANTIZE", {x}, {y});
        b.inputs({x}), b.outputs({y});
        expect_equal(b, profile, {bytes}, std::string(name(type)) + " " + std::to_string(s.scale));
      }
    }
  }
}

}  // namespace
}  // namespace nputwin::test::convert_test
