#include "base/suggestion.h"

#include <gtest/gtest.h>

#include <vector>

namespace nputwin::suggestion_test {
namespace {

std::string meant(std::string_view word) {
  const std::vector<std::string> known{"vip-v7", "vip-v8", "tflite-2.14-x86", "k210"};
  return did_you_mean(word, known);
}

TEST(DidYouMean, NamesTheNearestWord) {
  EXPECT_EQ(meant("vipv8"), " (did you mean 'vip-v8'?)");
  EXPECT_EQ(meant("VIP-V8"), " (did you mean 'vip-v8'?)");
  EXPECT_EQ(meant("tflite-2.14-x68"), " (did you mean 'tflite-2.14-x86'?)");
  EXPECT_EQ(meant("k21"), " (did you mean 'k210'?)");
}

TEST(DidYouMean, NamesAllThatAreEquallyNear) { EXPECT_EQ(meant("vip-v9"), " (did you mean 'vip-v7' or 'vip-v8'?)"); }

TEST(DidYouMean, EndsAWordThatIsBegun) {
  const std::vector<std::string> known{"tflite-2.9.1-arm64-ref", "tflite-2.9.1-arm64", "tflite-2.9.1-x86",
                                       "tflite-2.9.1-x86-ref", "tflite-2.9.1-arm64-ruy"};
  EXPECT_EQ(did_you_mean("tflite-2.9.1", known),
            " (did you mean 'tflite-2.9.1-x86', 'tflite-2.9.1-arm64', 'tflite-2.9.1-x86-ref' or "
            "'tflite-2.9.1-arm64-ref'?)");
  EXPECT_EQ(did_you_mean("TFLite-2.9.1-arm64-re", known), " (did you mean 'tflite-2.9.1-arm64-ref'?)");
  EXPECT_EQ(did_you_mean("tf", known), "");
}

TEST(DidYouMean, SaysNothingOfFarOnes) {
  EXPECT_EQ(meant("who"), "");
  EXPECT_EQ(meant("ethos-u"), "");
  EXPECT_EQ(did_you_mean("x", {}), "");
}

}  // namespace
}  // namespace nputwin::suggestion_test
