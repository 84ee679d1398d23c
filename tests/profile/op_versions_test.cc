#include "profile/op_versions.h"

#include <gtest/gtest.h>

#include "profile/profile.h"

namespace nputwin::op_versions_test {
namespace {

std::string refusal(OpRegistry registry, std::string_view op, int version) {
  const Status status = check_registered(registry, op, version);
  return status ? "" : status.error().message;
}

// FULLY_CONNECTED 12 is a public model that TFLite 2.14 refuses and LiteRT 2.3 runs (espressif/esp-nn#34).
TEST(OpVersions, ARuntimeHasThoseThatItRegisters) {
  EXPECT_EQ(refusal(OpRegistry::kTflite214, "FULLY_CONNECTED", 10), "");
  EXPECT_EQ(refusal(OpRegistry::kTflite214, "FULLY_CONNECTED", 12),
            "the model asks for its version 12, tflite-2.14 has 1 to 10");
  EXPECT_EQ(refusal(OpRegistry::kTflite214Ref, "FULLY_CONNECTED", 10),
            "the model asks for its version 10, tflite-2.14-ref has 1 to 9");
  EXPECT_EQ(refusal(OpRegistry::kLitert23, "FULLY_CONNECTED", 12), "");
  EXPECT_EQ(refusal(OpRegistry::kLitert23, "HARD_SWISH", 2), "the model asks for its version 2, litert-2.3 has 1");
  EXPECT_EQ(refusal(OpRegistry::kTflite291, "BROADCAST_TO", 1),
            "the model asks for its version 1, tflite-2.9.1 has 2 to 3");
}

TEST(OpVersions, ReferenceKernelsOfTfliteLackSomeOps) {
  EXPECT_EQ(refusal(OpRegistry::kTflite214, "ELU", 1), "");
  EXPECT_EQ(refusal(OpRegistry::kTflite214Ref, "ELU", 1), "tflite-2.14-ref does not have this op");
}

TEST(OpVersions, MicroReadsNoVersions) {
  EXPECT_EQ(refusal(OpRegistry::kTflm, "CONV_2D", 99), "");
  EXPECT_EQ(refusal(OpRegistry::kTflm, "TILE", 1), "tflm does not have this op");
}

TEST(OpVersions, ChipsTakeAll) {
  EXPECT_EQ(refusal(find_profile("vip-v8").value().registry, "FULLY_CONNECTED", 99), "");
}

// A runtime's default mode looks ops up where its own kernels do, and no profile passes another runtime's resolver on.
TEST(OpVersions, EveryRuntimeHasItsOwn) {
  for (const Profile& p : builtin_profiles()) {
    const bool of_runtime =
        p.name.starts_with("tflite-") || p.name.starts_with("tensorflow-") || p.name.starts_with("litert-");
    EXPECT_EQ(p.registry != OpRegistry::kNone, of_runtime) << p.name;
    if (of_runtime && p.name != "tflite-micro") {
      const std::string_view registry = name(p.registry);
      // 2.13 registers for reference kernels what 2.14 does, and TensorFlow 2.13 what tflite-runtime 2.13 does.
      const bool as_another = p.name.find("-2.13-") != std::string::npos;
      EXPECT_TRUE(as_another || p.name.starts_with(registry.substr(0, registry.find("-ref"))))
          << p.name << " " << registry;
      EXPECT_EQ(registry.ends_with("-ref"), p.name.ends_with("-ref")) << p.name << " " << registry;
    }
  }
}

}  // namespace
}  // namespace nputwin::op_versions_test
