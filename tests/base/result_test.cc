#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

namespace nputwin::result_test {
namespace {

Result<int> parsed(bool good) {
  if (!good) return error("{} is no {}", "x", "number");
  return 7;
}

Status checked(bool good) {
  NPUTWIN_RETURN_IF_ERROR(parsed(good));
  return {};
}

Result<std::unique_ptr<const int>> moved(bool good) {
  NPUTWIN_ASSIGN_OR_RETURN(const int value, parsed(good));
  auto pointer = std::make_unique<int>(value);
  return pointer;  // another type than the result's, which only moves
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_TRUE(parsed(true));
  EXPECT_EQ(*parsed(true), 7);
  EXPECT_EQ(parsed(true).value(), 7);
  EXPECT_FALSE(parsed(false));
  EXPECT_FALSE(parsed(false).has_value());
  EXPECT_EQ(parsed(false).error().message, "x is no number");
  EXPECT_EQ(parsed(false).value_or(1), 1);
  EXPECT_EQ(parsed(true).value_or(1), 7);
  EXPECT_THROW((void)parsed(false).value(), std::bad_optional_access);
}

TEST(Result, ErrorsPassThroughAndGetAPlace) {
  EXPECT_TRUE(checked(true));
  EXPECT_EQ(checked(false).error().message, "x is no number");
  EXPECT_EQ(in_context("model", moved(false).error()).message, "model: x is no number");
}

TEST(Result, ValuesAreMovedOut) {
  auto result = moved(true);
  ASSERT_TRUE(result);
  const std::unique_ptr<const int> pointer = *std::move(result);
  EXPECT_EQ(*pointer, 7);
}

TEST(Result, AnAbsentOptionalIsAValue) {
  const auto absent = []() -> Result<std::optional<int>> { return std::nullopt; };
  ASSERT_TRUE(absent());
  EXPECT_FALSE(absent()->has_value());
}

TEST(Result, StartsEmpty) {
  Result<std::vector<int>> result;
  ASSERT_TRUE(result);
  result->push_back(1);
  EXPECT_EQ(result->size(), 1U);
  result = Error{"gone"};
  EXPECT_FALSE(result);
}

}  // namespace
}  // namespace nputwin::result_test
