#include "session/memory_plan.h"

#include <gtest/gtest.h>

#include <random>

namespace nputwin::memory_plan_test {
namespace {

void expect_sound(const std::vector<Allocation>& lives, const MemoryPlan& plan) {
  for (std::size_t i = 0; i < lives.size(); ++i) {
    EXPECT_EQ(plan.offsets[i] % 64, 0U);
    EXPECT_LE(plan.offsets[i] + lives[i].bytes, plan.bytes);
    for (std::size_t j = 0; j < i; ++j) {
      const bool together = lives[i].first <= lives[j].last && lives[j].first <= lives[i].last;
      const bool overlap =
          plan.offsets[i] < plan.offsets[j] + lives[j].bytes && plan.offsets[j] < plan.offsets[i] + lives[i].bytes;
      EXPECT_FALSE(together && overlap) << i << " and " << j;
    }
  }
}

TEST(MemoryPlan, AChainReusesTwoPlaces) {
  std::vector<Allocation> chain;
  for (int i = 0; i < 20; ++i) chain.push_back({1000, i, i + 1});
  const auto plan = plan_memory(chain, 1 << 20);
  ASSERT_TRUE(plan);
  expect_sound(chain, *plan);
  EXPECT_EQ(plan->bytes, 2 * 1024U);
}

TEST(MemoryPlan, RandomLivesNeverOverlap) {
  std::mt19937 engine(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<Allocation> lives;
    for (int i = 0; i < 60; ++i) {
      const int first = static_cast<int>(engine() % 40);
      lives.push_back({engine() % 5000, first, first + static_cast<int>(engine() % 10)});
    }
    const auto plan = plan_memory(lives, 1 << 24);
    ASSERT_TRUE(plan);
    expect_sound(lives, *plan);
  }
}

TEST(MemoryPlan, PassingTheLimitIsAnError) {
  // Both live at step 1. Offsets are multiples of 64.
  const std::vector<Allocation> allocations{{600, 0, 1}, {600, 1, 2}};
  const auto over = plan_memory(allocations, 1000);
  ASSERT_FALSE(over);
  EXPECT_NE(over.error().message.find("memory limit of 1000 bytes"), std::string::npos) << over.error().message;
  EXPECT_TRUE(plan_memory(allocations, 1300));
}

}  // namespace
}  // namespace nputwin::memory_plan_test
