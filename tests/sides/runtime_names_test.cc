#include "sides/runtime_names.h"

#include <gtest/gtest.h>

#include "profile/variant.h"

namespace nputwin::runtime_names_test {
namespace {

TEST(RuntimeNames, MeasuredVersionsAndTheNearest) {
  const auto named = [](const char* package, const char* version, const char* machine, RuntimeMode mode) {
    const RuntimeProfile p = profile_of_runtime(package, version, machine, mode);
    return p.name + (p.exact ? " exact" : "");
  };
  EXPECT_EQ(named("tflite_runtime", "2.9.1", "x86_64", RuntimeMode::kDefault), "tflite-2.9.1-x86 exact");
  EXPECT_EQ(named("tflite_runtime", "2.14.0", "aarch64", RuntimeMode::kReference), "tflite-2.14-arm64-ref exact");
  EXPECT_EQ(named("ai_edge_litert", "2.3.0", "x86_64", RuntimeMode::kBuiltin), "litert-2.3-x86-builtin exact");
  EXPECT_EQ(named("tensorflow", "2.19.1", "x86_64", RuntimeMode::kDefault), "tensorflow-2.19-x86 exact");
  EXPECT_EQ(named("tensorflow", "2.18.0", "x86_64", RuntimeMode::kDefault), "tensorflow-2.17-x86");
  EXPECT_EQ(named("tensorflow", "2.10.0", "x86_64", RuntimeMode::kDefault), "tensorflow-2.13-x86");
  EXPECT_EQ(named("tensorflow", "2.14.0", "aarch64", RuntimeMode::kDefault), "tflite-2.14-arm64");
  EXPECT_EQ(named("ai_edge_litert", "1.0.1", "aarch64", RuntimeMode::kDefault), "litert-2.1-arm64");
  EXPECT_EQ(named("ai_edge_litert", "2.3.0", "riscv64", RuntimeMode::kDefault), "");
  EXPECT_EQ(named("tflite_runtime", "", "x86_64", RuntimeMode::kDefault), "tflite-2.9.1-x86");
}

TEST(RuntimeNames, EveryRowNamesAProfile) {
  for (const MeasuredRuntime& r : measured_runtimes())
    EXPECT_TRUE(resolve_profile(std::string(r.profile)).has_value()) << r.profile;
}

}  // namespace
}  // namespace nputwin::runtime_names_test
