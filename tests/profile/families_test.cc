#include "profile/families/families.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "profile/parameters.h"
#include "profile/variant.h"
#include "support/paths.h"

namespace nputwin::families_test {
namespace {

using testing::ElementsAre;

Family family_at(std::size_t i) { return static_cast<Family>(i); }

std::filesystem::path in_sources(const std::string& path) { return std::filesystem::path(source_path(path)); }

TEST(Families, EachHasItsFileItsPageAndALabelThatIsThePagesTitle) {
  std::set<std::string_view> labels;
  for (std::size_t i = 0; i < kEnumNames<Family>.size(); ++i) {
    const std::string word(kEnumNames<Family>[i]);
    EXPECT_TRUE(std::filesystem::exists(in_sources("src/profile/families/" + word + ".h"))) << word;
    const FamilyFacts& facts = facts_of(family_at(i));
    EXPECT_TRUE(labels.insert(facts.label).second) << word << ": another family is called '" << facts.label << "'";
    std::ifstream page(in_sources("docs/arithmetic/rules/" + word + ".md"));
    std::string title;
    std::getline(page, title);
    EXPECT_EQ(title, "# " + std::string(facts.label)) << "docs/arithmetic/rules/" << word << ".md";
  }
}

TEST(Families, TheWordsOfOneEnumerationDiffer) {
  const Profile profile;
  each_parameter(profile, [](std::string_view parameter, const auto& field, Range = {}) {
    using Method = std::remove_cvref_t<decltype(field)>;
    if constexpr (NamedEnum<Method>) {
      const std::set<std::string_view> words(kEnumNames<Method>.begin(), kEnumNames<Method>.end());
      EXPECT_EQ(words.size(), kEnumNames<Method>.size()) << parameter;
      EXPECT_FALSE(words.contains("")) << parameter;
    }
  });
}

/// Counts the enumerations among a profile's fields that have an exact method.
struct ExactMethods {
  std::set<std::string_view>* parameters;

  template <typename T>
  void operator()(std::string_view parameter, const T& field, Range = {}) const {
    if constexpr (kIsOptional<T>) {
      (*this)(parameter, typename T::value_type{});
    } else if constexpr (Composite<const T>) {
      each_parameter(field, *this);
    } else if constexpr (NamedEnum<T>) {
      // `real` is the word for the exact method in files and on the command line, and for nothing else.
      EXPECT_EQ(kExactMethod<T>, find_named<T>("real")) << parameter;
      if (kExactMethod<T>) parameters->insert(parameter);
    }
  }
};

TEST(Families, TheExactMethodIsTheOneCalledReal) {
  std::set<std::string_view> parameters;
  const Profile profile;
  each_parameter(profile, ExactMethods{&parameters});
  EXPECT_THAT(parameters,
              ElementsAre("add_method", "average_pool_method", "concatenation_method", "div_method", "general",
                          "hard_swish_method", "int16_spatial", "int8_spatial", "leaky_relu_method", "mul_method",
                          "prod_method", "requantize_method", "softmax_method", "sub_method", "sum_int16_method",
                          "sum_method", "table_method", "uint8_spatial"));
}

TEST(Families, RulesForEveryType) {
  std::vector<std::string_view> of_all_types;
  for (std::size_t i = 0; i < kEnumNames<Family>.size(); ++i) {
    if (facts_of(family_at(i)).of_all_types) of_all_types.push_back(kEnumNames<Family>[i]);
  }
  EXPECT_THAT(of_all_types, ElementsAre("quantize", "dequantize", "resize_nearest", "movement", "detection"));
}

/// The causes of a family's departure as a parameter takes each of its values, in their order.
template <typename Method>
std::vector<Cause> departures(Family family, std::string_view parameter) {
  std::vector<Cause> causes;
  for (const std::string_view word : kEnumNames<Method>) {
    Profile profile;
    EXPECT_TRUE(set_parameter(profile, parameter, word)) << parameter << "=" << word;
    causes.push_back(facts_of(family).departure(profile));
  }
  return causes;
}

TEST(Departures, EachMethodHasItsCause) {
  constexpr Cause kMultiplier = Cause::kMultiplier, kTwice = Cause::kSecondRounding, kOther = Cause::kSubstitution;
  constexpr Cause kBinary32 = Cause::kBinary32Product, kRange = Cause::kOverflow;
  EXPECT_THAT(departures<AddMethod>(Family::kAdd, "add_method"),
              ElementsAre(kTwice, kTwice, kMultiplier, kMultiplier, kBinary32, kOther, kOther, kOther, kOther));
  EXPECT_THAT(departures<MulMethod>(Family::kMul, "mul_method"), ElementsAre(kTwice, kTwice, kOther));
  EXPECT_THAT(departures<DivMethod>(Family::kDivision, "div_method"), ElementsAre(kTwice, kOther));
  EXPECT_THAT(departures<SquaredDifferenceMethod>(Family::kArithmetic, "squared_difference_method"),
              ElementsAre(kTwice, kOther));
  EXPECT_THAT(departures<PoolMethod>(Family::kAveragePool, "average_pool_method"),
              ElementsAre(kOther, kMultiplier, kMultiplier, kOther));
  EXPECT_THAT(departures<MeanMethod>(Family::kMean, "mean_method.general"),
              ElementsAre(kMultiplier, kTwice, kBinary32, kBinary32, kBinary32, kBinary32, kMultiplier, kOther));
  EXPECT_THAT(departures<SumMethod>(Family::kSum, "sum_method"),
              ElementsAre(kTwice, kTwice, kBinary32, kRange, kRange, kBinary32, kOther));
  EXPECT_THAT(departures<HardSwishMethod>(Family::kHardSwish, "hard_swish_method"),
              ElementsAre(kTwice, kTwice, kBinary32, kOther));
  EXPECT_THAT(departures<LeakyReluMethod>(Family::kLeakyRelu, "leaky_relu_method"),
              ElementsAre(kTwice, kMultiplier, kBinary32, kOther));
  EXPECT_THAT(departures<RequantizeMethod>(Family::kQuantize, "requantize_method"),
              ElementsAre(kBinary32, kBinary32, kMultiplier, kBinary32));
  EXPECT_THAT(departures<ConcatenationMethod>(Family::kConcatenation, "concatenation_method"),
              ElementsAre(kBinary32, kOther, kBinary32));
}

TEST(Departures, WithoutAMethodThatDecides) {
  const auto of = [](Family family) { return facts_of(family).departure(Profile{}); };
  for (const Family f : {Family::kSoftmax, Family::kTable}) EXPECT_EQ(of(f), Cause::kTable) << name(f);
  for (const Family f : {Family::kDequantize, Family::kNumbers}) EXPECT_EQ(of(f), Cause::kBinary32Product) << name(f);
  for (const Family f : {Family::kNormalization, Family::kLstm, Family::kInt16, Family::kSvdf})
    EXPECT_EQ(of(f), Cause::kSecondRounding) << name(f);
  for (const Family f : {Family::kConvolution, Family::kDepthwise, Family::kTransposeConvolution, Family::kRelu,
                         Family::kComparison, Family::kResizeNearest, Family::kMovement, Family::kDetection})
    EXPECT_EQ(of(f), Cause::kSubstitution) << name(f);
  EXPECT_EQ(of(Family::kResizeBilinear), Cause::kMultiplier);
}

TEST(Departures, OfMatrixProductsThatMissPartOfTheSumOrTheScale) {
  Profile profile;
  const FamilyFacts &fully = facts_of(Family::kFullyConnected), &batch = facts_of(Family::kBatchMatmul);
  EXPECT_EQ(fully.departure(profile), Cause::kSubstitution);
  EXPECT_EQ(batch.departure(profile), Cause::kSubstitution);
  profile.fully_connected_per_channel = false;
  EXPECT_EQ(fully.departure(profile), Cause::kMultiplier);
  profile.fully_connected_drops_zero = profile.batch_matmul_drops_zero = true;
  EXPECT_EQ(fully.departure(profile), Cause::kAccumulator) << "the sum comes before the multiplier";
  EXPECT_EQ(batch.departure(profile), Cause::kAccumulator);
}

}  // namespace
}  // namespace nputwin::families_test
