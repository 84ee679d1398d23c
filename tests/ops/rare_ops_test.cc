// Ops that few models have, on directed values: FLOOR_DIV, FLOOR_MOD, CEIL, ROUND, SIGN, POW, FAKE_QUANT, LOG_SOFTMAX,
// pools of numbers, TOPK_V2, REVERSE_SEQUENCE, CUMSUM, EMBEDDING_LOOKUP, DYNAMIC_UPDATE_SLICE; what runtimes refuse.

#include <gtest/gtest.h>

#include "profile/profile.h"
#include "support/constant_op.h"

namespace nputwin::test::rare_ops_test {
namespace {

constexpr const char* kLitert = "litert-2.3-x86-builtin";

template <typename T>
using List = std::vector<T>;

template <typename T>
std::vector<T> binary(const char* op, const List<T>& a, const List<T>& b, DType type, const char* profile = kLitert) {
  const float scale = type == DType::kInt8 || type == DType::kInt16 ? 0.5F : 0;
  return OneOp(op)
      .in(Values<T>{{static_cast<int>(a.size())}, a, scale})
      .in(Values<T>{{static_cast<int>(b.size())}, b, scale})
      .out(type, scale)
      .template run<T>(profile);
}

TEST(FloorDiv, TakesTheFloor) {
  EXPECT_EQ((binary<std::int8_t>("FLOOR_DIV", {-7, 7, -7, 6}, {2, -2, -2, 3}, DType::kInt8)),
            (List<std::int8_t>{-4, -4, 3, 2}));
  EXPECT_EQ((binary<float>("FLOOR_DIV", {-2.5F, 2.5F}, {1, 1}, DType::kFloat32)), (List<float>{-3, 2}));
}

TEST(FloorMod, HasTheDivisorsSign) {
  EXPECT_EQ((binary<std::int32_t>("FLOOR_MOD", {-7, 7, -7, 7}, {3, -3, -3, 3}, DType::kInt32)),
            (List<std::int32_t>{2, -2, -1, 1}));
  EXPECT_EQ((binary<float>("FLOOR_MOD", {-2.5F, 2.5F}, {2, -2}, DType::kFloat32)), (List<float>{1.5F, -1.5F}));
}

TEST(FloorMod, StopsWhereTheRuntimeDoes) {
  const auto why = [](std::int32_t a, std::int32_t b, const char* profile) {
    return OneOp("FLOOR_MOD")
        .in(Values<std::int32_t>{{1}, {a}})
        .in(Values<std::int32_t>{{1}, {b}})
        .out(DType::kInt32)
        .refusal(profile);
  };
  EXPECT_NE(why(3, 0, kLitert).find("divisor 0 is 0"), std::string::npos);
  EXPECT_NE(why(INT32_MIN, -1, kLitert).find("the runtime ends"), std::string::npos);
  EXPECT_EQ(why(INT32_MIN, -1, "litert-2.1-arm64-builtin"), "");
}

TEST(FloorMod, KnowsInt8SinceTflite213) {
  const auto why = [](const char* profile) {
    return OneOp("FLOOR_MOD")
        .in(Values<std::int8_t>{{1}, {7}})
        .in(Values<std::int8_t>{{1}, {2}})
        .out(DType::kInt8)
        .refusal(profile);
  };
  EXPECT_NE(why("tflite-2.9.1-x86-builtin").find("does not support"), std::string::npos);
  EXPECT_EQ(why("tflite-2.14-x86-builtin"), "");
}

TEST(Round, TakesTiesToEven) {
  const Values<float> x{{6}, {-2.5F, -1.5F, 0.5F, 1.5F, 2.5F, 0.49999997F}};
  EXPECT_EQ(OneOp("ROUND").in(x).out(DType::kFloat32).run<float>(), (List<float>{-2, -2, 0, 2, 2, 0}));
  EXPECT_EQ(OneOp("CEIL").in(x).out(DType::kFloat32).run<float>(), (List<float>{-2, -1, 1, 2, 3, 1}));
}

TEST(Sign, OfIntegers) {
  EXPECT_EQ(OneOp("SIGN").in(Values<std::int32_t>{{3}, {-5, 0, 7}}).out(DType::kInt32).run<std::int32_t>(),
            (List<std::int32_t>{-1, 0, 1}));
}

TEST(Pow, MultipliesForOneWholeExponent) {
  const List<std::int32_t> bases{100000, -7};
  // 10^15 wraps; each base with an exponent of its own goes through binary64, whose cast is the processor's.
  EXPECT_EQ((binary<std::int32_t>("POW", bases, {3}, DType::kInt32)), (List<std::int32_t>{-1530494976, -343}));
  EXPECT_EQ((binary<std::int32_t>("POW", bases, {3, 3}, DType::kInt32)), (List<std::int32_t>{INT32_MIN, -343}));
  EXPECT_EQ((binary<std::int32_t>("POW", bases, {3, 3}, DType::kInt32, "litert-2.1-arm64-builtin")),
            (List<std::int32_t>{INT32_MAX, -343}));
}

TEST(FakeQuant, MovesTheRangeToHoldZero) {
  // 2 bits from -0.5 to 0.75: a step of 0.41667, zero point 1, so from -0.41667 to 0.83333.
  const auto y = OneOp("FAKE_QUANT")
                     .in(Values<float>{{4}, {-9, 0, 0.3F, 9}})
                     .out(DType::kFloat32)
                     .with({{"min", -0.5}, {"max", 0.75}, {"num_bits", 2}})
                     .run<float>();
  ASSERT_EQ(y.size(), 4U);
  EXPECT_FLOAT_EQ(y[0], -1.25F / 3);
  EXPECT_EQ(y[1], 0);
  EXPECT_FLOAT_EQ(y[2], 1.25F / 3);
  EXPECT_FLOAT_EQ(y[3], 2.5F / 3);
}

TEST(LogSoftmax, OfEqualCodes) {
  // log(1/4) = -1.386, 22.18 steps of 1/16 below 127; both forms round to the nearest.
  for (const char* profile : {kLitert, "litert-2.3-x86-ref"}) {
    EXPECT_EQ(OneOp("LOG_SOFTMAX")
                  .in(Values<std::int8_t>{{1, 4}, {5, 5, 5, 5}, 0.1F, 3})
                  .out(DType::kInt8, 1.0F / 16, 127)
                  .run<std::int8_t>(profile),
              List<std::int8_t>(4, 105))
        << profile;
  }
}

TEST(Pools, OfNumbers) {
  const auto pool = [](const char* op) {
    return OneOp(op)
        .in(Values<float>{{1, 1, 3, 1}, {3, -4, 12}})
        .out(DType::kFloat32)
        .with({{"filter_height", 1}, {"filter_width", 2}, {"stride_h", 1}, {"stride_w", 1}, {"padding", 1}})
        .run<float>();
  };
  EXPECT_EQ(pool("AVERAGE_POOL_2D"), (List<float>{-0.5F, 4}));
  EXPECT_EQ(pool("MAX_POOL_2D"), (List<float>{3, 12}));
  EXPECT_EQ(pool("L2_POOL_2D"), (List<float>{3.5355339F, 8.944272F}));
}

TEST(TopK, FirstOfEqualValues) {
  const auto make = [] {
    OneOp op("TOPK_V2");
    op.in(Values<std::int8_t>{{2, 4}, {1, 7, 7, 3, -1, -5, -1, -2}, 0.5F}).in(Values<std::int32_t>{{}, {3}});
    op.out(DType::kInt8, 0.5F).out(DType::kInt32);
    return op;
  };
  EXPECT_EQ(make().run<std::int8_t>(kLitert, 0), (List<std::int8_t>{7, 7, 3, -1, -1, -2}));
  EXPECT_EQ(make().run<std::int32_t>(kLitert, 1), (List<std::int32_t>{1, 2, 3, 0, 2, 3}));
}

TEST(ReverseSequence, TurnsTheFirstOfEachRow) {
  EXPECT_EQ(OneOp("REVERSE_SEQUENCE")
                .in(Values<std::int32_t>{{2, 3}, {1, 2, 3, 4, 5, 6}})
                .in(Values<std::int32_t>{{2}, {2, 3}})
                .out(DType::kInt32)
                .with({{"seq_dim", 1}, {"batch_dim", 0}})
                .run<std::int32_t>(),
            (List<std::int32_t>{2, 1, 3, 6, 5, 4}));
}

TEST(Cumsum, ExclusiveFromTheEnd) {
  const Values<std::int32_t> x{{2, 3}, {1, 2, 3, 4, 5, 6}};
  const Values<std::int32_t> axis{{}, {-1}};
  EXPECT_EQ(OneOp("CUMSUM").in(x).in(axis).out(DType::kInt32).run<std::int32_t>(),
            (List<std::int32_t>{1, 3, 6, 4, 9, 15}));
  EXPECT_EQ(
      OneOp("CUMSUM").in(x).in(axis).out(DType::kInt32).with({{"exclusive", 1}, {"reverse", 1}}).run<std::int32_t>(),
      (List<std::int32_t>{5, 3, 0, 11, 6, 0}));
}

TEST(EmbeddingLookup, RowsAsNumbers) {
  const Values<std::int8_t> rows{{2, 2}, {1, 2, 3, -4}, 0.5F};
  const Values<std::int32_t> index{{2}, {1, 0}};
  EXPECT_EQ(OneOp("EMBEDDING_LOOKUP").in(index).in(rows).out(DType::kInt8, 0.5F).run<std::int8_t>(),
            (List<std::int8_t>{3, -4, 1, 2}));
  EXPECT_EQ(OneOp("EMBEDDING_LOOKUP").in(index).in(rows).out(DType::kFloat32).run<float>(),
            (List<float>{1.5F, -2, 0.5F, 1}));
  EXPECT_NE(OneOp("EMBEDDING_LOOKUP")
                .in(Values<std::int32_t>{{1}, {2}})
                .in(rows)
                .out(DType::kInt8, 0.5F)
                .refusal(kLitert)
                .find("index 2"),
            std::string::npos);
}

TEST(DynamicUpdateSlice, StaysInside) {
  EXPECT_EQ(OneOp("DYNAMIC_UPDATE_SLICE")
                .in(Values<std::int32_t>{{4}, {1, 2, 3, 4}})
                .in(Values<std::int32_t>{{2}, {8, 9}})
                .in(Values<std::int32_t>{{1}, {7}})
                .out(DType::kInt32)
                .run<std::int32_t>(),
            (List<std::int32_t>{1, 2, 8, 9}));
}

TEST(Reductions, OfIntegersAreCutAndWrap) {
  const auto reduced = [](const char* op, const List<std::int32_t>& x) {
    return OneOp(op)
        .in(Values<std::int32_t>{{static_cast<int>(x.size())}, x})
        .in(Values<std::int32_t>{{1}, {0}})
        .out(DType::kInt32)
        .run<std::int32_t>();
  };
  EXPECT_EQ(reduced("MEAN", {-1, -2, -2}), (List<std::int32_t>{-1}));
  EXPECT_EQ(reduced("MEAN", {INT32_MAX, INT32_MAX}), (List<std::int32_t>{INT32_MAX}));
  EXPECT_EQ(reduced("SUM", {INT32_MAX, 1}), (List<std::int32_t>{INT32_MIN}));
}

TEST(Refusals, OfTheRuntimesKernels) {
  OneOp pack("PACK");
  pack.in(Values<std::int8_t>{{1}, {1}, 0.5F}).out(DType::kInt8, 0.5F);
  EXPECT_EQ(pack.refusal(kLitert), "");
  EXPECT_NE(OneOp("UNPACK")
                .in(Values<std::int64_t>{{1, 2}, {1, 2}})
                .out(DType::kInt64)
                .with({{"num", 1}})
                .refusal(kLitert)
                .find("int64"),
            std::string::npos);
  EXPECT_NE(OneOp("QUANTIZE")
                .in(Values<std::int16_t>{{1}, {5}, 0.5F})
                .out(DType::kUInt8, 0.5F, 128)
                .refusal(kLitert)
                .find("no uint8 of int16"),
            std::string::npos);
}

TEST(Refusals, OfConvolutionsWithoutBias) {
  const auto why = [](const char* op, const char* profile) {
    OneOp conv(op);
    conv.in(Values<std::int8_t>{{1, 1, 1, 1}, {3}, 0.5F}).in(Values<std::int8_t>{{1, 1, 1, 1}, {2}, 0.5F});
    Attributes attributes{{"stride_h", 1}, {"stride_w", 1}};
    if (std::string_view(op) != "CONV_2D") attributes.set("depth_multiplier", 1);
    conv.out(DType::kInt8, 0.5F).with(attributes);
    return conv.refusal(profile);
  };
  EXPECT_NE(why("CONV_2D", "litert-2.3-x86").find("has_bias"), std::string::npos);
  EXPECT_NE(why("DEPTHWISE_CONV_2D", kLitert).find("the runtime ends"), std::string::npos);
  EXPECT_EQ(why("DEPTHWISE_CONV_2D", "litert-2.3-x86-ref"), "");
  EXPECT_EQ(why("CONV_2D", "vip-v8"), "");
}

}  // namespace
}  // namespace nputwin::test::rare_ops_test
