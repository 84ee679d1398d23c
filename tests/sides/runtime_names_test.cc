#include "sides/runtime_names.h"

#include <gtest/gtest.h>

namespace nputwin::runtime_names_test {
namespace {

TEST(RuntimeNames, MeasuredVersionsAndTheNearest) {
  const auto named = [](const char* package, const char* version, const char* machine, const char* suffix) {
    const RuntimeProfile p = profile_of_runtime(package, version, machine, suffix);
    return p.name + (p.exact ? " exact" : "");
  };
  EXPECT_EQ(named("tflite_runtime", "2.9.1", "x86_64", ""), "tflite-2.9.1-x86 exact");
  EXPECT_EQ(named("tflite_runtime", "2.14.0", "aarch64", "-ref"), "tflite-2.14-arm64-ref exact");
  EXPECT_EQ(named("ai_edge_litert", "2.3.0", "x86_64", "-builtin"), "litert-2.3-x86-builtin exact");
  EXPECT_EQ(named("tensorflow", "2.17.1", "x86_64", ""), "tflite-2.14-x86");
  EXPECT_EQ(named("tensorflow", "2.10.0", "x86_64", ""), "tflite-2.9.1-x86");
  EXPECT_EQ(named("ai_edge_litert", "1.0.1", "aarch64", ""), "litert-2.1-arm64");
  EXPECT_EQ(named("ai_edge_litert", "2.3.0", "riscv64", ""), "");
  EXPECT_EQ(named("tflite_runtime", "", "x86_64", ""), "tflite-2.9.1-x86");
}

}  // namespace
}  // namespace nputwin::runtime_names_test
