// What depends on a runtime's release: operands that kernels take late, values at which they stop, faults that later
// releases mended. Found by random trial.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/constant_op.h"

namespace nputwin::test::release_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char *kEarly = "tflite-2.9.1-x86-builtin", *kTflite = "tflite-2.14-x86-builtin",
                     *kLitert = "litert-2.3-x86-builtin";

TEST(Release, TypesThatKernelsTakeLate) {
  const auto tile = [](const char* profile) {
    return OneOp("TILE")
        .in(Values<std::int16_t>{{2}, {1, 2}, 1, 0})
        .in(Values<std::int32_t>{{1}, {2}})
        .out(DType::kInt16, 1)
        .refusal(profile);
  };
  EXPECT_THAT(tile(kTflite), HasSubstr("'c' is int16, which the kernel of tflite-2.14 does not support"));
  EXPECT_EQ(tile(kLitert), "");
  EXPECT_EQ(tile("vip-v8"), "") << "a chip is not asked";
}

TEST(Release, BroadcastsOverMoreDimensionsThanLoops) {
  const auto mul = [](const char* profile) {
    return OneOp("MUL")
        .in(Values<float>{{2, 1, 1, 1, 1}, {1, 2}})
        .in(Values<float>{{1, 2, 1, 2, 1}, {1, 2, 3, 4}})
        .out(DType::kFloat32)
        .refusal(profile);
  };
  EXPECT_THAT(mul("tflite-2.14-x86-ref"), HasSubstr("broadcast over more than 4 dimensions"));
  EXPECT_EQ(mul(kLitert), "");
  const auto scalar = [](const char* profile) {
    return OneOp("MUL")
        .in(Values<float>{{2, 1, 1, 1, 1}, {1, 2}})
        .in(Values<float>{{1}, {3}})
        .out(DType::kFloat32)
        .refusal(profile);
  };
  EXPECT_EQ(scalar(kTflite), "") << "the optimised kernel broadcasts in runs";
  EXPECT_THAT(scalar("tflite-2.14-x86-ref"), HasSubstr("more than 4 dimensions"));
}

TEST(Release, DivStopsAtWhatItTakesForZero) {
  const auto codes = [](std::uint8_t divisor, const char* profile) {
    return OneOp("DIV")
        .in(Values<std::uint8_t>{{1}, {9}, 1, 5})
        .in(Values<std::uint8_t>{{1}, {divisor}, 1, 5})
        .out(DType::kUInt8, 1, 5)
        .refusal(profile);
  };
  EXPECT_EQ(codes(0, kTflite), "");
  EXPECT_THAT(codes(0, "litert-1.4-x86-builtin"), HasSubstr("whose code the runtime takes for zero"));
  EXPECT_EQ(codes(5, "litert-1.4-x86-builtin"), "");
  EXPECT_THAT(codes(5, kLitert), HasSubstr("a divisor of zero"));
  const auto numbers = [] {
    return OneOp("DIV").in(Values<std::int32_t>{{1}, {9}}).in(Values<std::int32_t>{{1}, {0}}).out(DType::kInt32);
  };
  EXPECT_THAT(numbers().refusal(kTflite), HasSubstr("a divisor of zero"));
  EXPECT_THAT(numbers().run<std::int32_t>("tflite-2.14-arm64-builtin"), ElementsAre(0)) << "AArch64 divides by zero";
}

TEST(Release, SumOfEqualCodesWrapsUntil213) {
  const auto sum = [](const char* profile) {
    return OneOp("SUM")
        .in(Values<std::int8_t>{{4}, {100, 20, 30, 40}, 1, 5})
        .in(Values<std::int32_t>{{1}, {0}})
        .out(DType::kInt8, 1, 5)
        .run<std::int8_t>(profile);
  };
  EXPECT_THAT(sum(kEarly), ElementsAre(190 - 256));
  EXPECT_THAT(sum("tflite-2.13-x86-ref"), ElementsAre(190 - 256));
  EXPECT_THAT(sum(kTflite), ElementsAre(127));
}

TEST(Release, LocalResponseNormalizationReachesLessInReferenceKernels) {
  const auto last = [](const char* profile) {
    Attributes a;
    a.set("radius", std::int64_t{1}), a.set("bias", 1.0), a.set("alpha", 1.0), a.set("beta", 1.0);
    return OneOp("LOCAL_RESPONSE_NORMALIZATION")
        .with(a)
        .in(Values<float>{{1, 1, 1, 2}, {1, 2}})
        .out(DType::kFloat32)
        .run<float>(profile);
  };
  EXPECT_THAT(last(kLitert), ElementsAre(1.0F / 6, 2.0F / 6));
  EXPECT_THAT(last("litert-2.3-x86-ref"), ElementsAre(0.5F, 2.0F / 6)) << "without the channel behind";
}

TEST(Release, HardSwishOfNumbersEndsInScalars) {
  const auto ours = [](const char* profile) {
    return OneOp("HARD_SWISH")
        .in(Values<float>{{5}, {0.7F, 0.7F, 0.7F, 0.7F, 0.7F}})
        .out(DType::kFloat32)
        .run<float>(profile);
  };
  const float r6 = 0.7F + 3.0F, sixth = 1.0F / 6, first = 0.7F * sixth * r6, last = 0.7F * r6 * sixth;
  EXPECT_THAT(ours(kLitert), ElementsAre(first, first, first, first, last));
  EXPECT_THAT(ours("tflite-2.14-arm64-builtin"), ElementsAre(first, first, first, first, first));
  EXPECT_THAT(ours("litert-2.3-x86-ref")[0], 0.7F * r6 / 6);
}

TEST(Release, QuantizeMakesNoUint8OfInt16) {
  const auto quantize = [](const char* profile) {
    return OneOp("QUANTIZE").in(Values<std::int16_t>{{1}, {9}, 1, 0}).out(DType::kUInt8, 1, 5).refusal(profile);
  };
  for (const char* profile : {kTflite, kLitert, "litert-2.3-x86", "tflite-2.14-arm64-ruy"})
    EXPECT_THAT(quantize(profile), HasSubstr("makes no uint8 of int16")) << profile;
  EXPECT_EQ(quantize("vip-v8"), "") << "a chip is not asked";
}

TEST(Release, SoftmaxOf512EqualCodesIsUndefinedInReferenceKernels) {
  const auto row = [](int depth, const char* profile) {
    return OneOp("SOFTMAX")
        .with({{"beta", 1.0}})
        .in(Values<std::int8_t>{{1, depth}, std::vector<std::int8_t>(static_cast<std::size_t>(depth), 5), 0.1F, 0})
        .out(DType::kInt8, 1.0F / 256, -128)
        .refusal(profile);
  };
  for (const char* profile : {"tflite-2.14-x86-ref", "litert-2.3-x86-ref", "tflite-micro"}) {
    EXPECT_EQ(row(511, profile), "");
    EXPECT_THAT(row(512, profile), HasSubstr("shifts 32 bits by 32")) << profile;
  }
  EXPECT_EQ(row(512, kLitert), "") << "tables";
}

TEST(Release, DivisionByOneNumberWhereTheCompilerMayReassociate) {
  const auto ninth = [](const char* profile) {
    return OneOp("DIV")
        .in(Values<float>{{9}, std::vector<float>(9, 3)})
        .in(Values<float>{{1}, {7}})
        .out(DType::kFloat32)
        .run<float>(profile);
  };
  const float quotient = 3.0F / 7.0F, product = 3.0F * (1.0F / 7.0F);
  ASSERT_NE(quotient, product);
  const auto wheel = ninth("tflite-2.14-arm64");
  EXPECT_EQ(wheel[7], product) << "the last of a full vector";
  EXPECT_EQ(wheel[8], quotient) << "what is left";
  for (const char* profile : {"tflite-2.14-arm64-builtin", "tflite-2.14-x86", "litert-2.1-arm64"})
    EXPECT_EQ(ninth(profile)[0], quotient) << profile;
}

}  // namespace
}  // namespace nputwin::test::release_test
