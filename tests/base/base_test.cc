#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/checked.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/thread_pool.h"
#include "kernels/isa.h"

namespace nputwin::base_test {
namespace {

namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(::testing::TempDir()) / ("nputwin_" + std::to_string(::getpid()));
    fs::create_directories(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }
  fs::path directory_;
};

TEST_F(Files, WrittenWholeAndReadBack) {
  const std::string path = directory_ / "a.bin";
  ASSERT_TRUE(write_file_whole(path, std::string_view("old")));
  ASSERT_TRUE(write_file_whole(path, std::string_view("new content")));
  const auto blob = read_file(path);
  ASSERT_TRUE(blob);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>((*blob)->bytes().data()), (*blob)->bytes().size()),
            "new content");
  EXPECT_EQ(count(), 1U);
}

TEST_F(Files, FailureLeavesNothingAndNamesThePath) {
  const auto missing = write_file_whole((directory_ / "no" / "such" / "folder").string(), std::string_view("x"));
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("folder"), std::string::npos);
  fs::create_directories(directory_ / "folder");
  EXPECT_FALSE(write_file_whole((directory_ / "folder").string(), std::string_view("x")));
  EXPECT_EQ(count(), 1U);
}

TEST_F(Files, OnlyRegularFilesOfBearableSizeAreRead) {
  EXPECT_FALSE(read_file(directory_.string()));
  EXPECT_FALSE(read_file((directory_ / "none").string()));
  ASSERT_TRUE(write_file_whole(directory_ / "big", std::string_view("12345")));
  EXPECT_FALSE(read_file(directory_ / "big", 4));
  EXPECT_FALSE(read_file("/dev/zero"));
}

TEST(Hash, KnownDigest) {
  EXPECT_EQ(sha256_hex(std::as_bytes(std::span("abc", 3))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(tensor_hash({}), "e3b0c44298fc1c14");
}

TEST(Checked, OverflowIsNothing) {
  EXPECT_EQ(checked_mul<std::int64_t>(INT64_MAX, 2), std::nullopt);
  EXPECT_EQ(checked_add<std::int32_t>(INT32_MAX, 1), std::nullopt);
  EXPECT_EQ(checked_add<std::int32_t>(INT32_MAX, 0), INT32_MAX);
  EXPECT_EQ(saturate_cast<std::int8_t>(300), 127);
  EXPECT_EQ(wrap_int32((std::int64_t{1} << 32) + 7), 7);
}

TEST(ThreadPool, EveryTaskOnceAndSlotsNeverOverlap) {
  const ThreadPool pool(3);
  std::vector<std::atomic<int>> done(1000), busy(3);
  std::atomic<bool> overlapped{false};
  pool.parallel(1000, [&](std::int64_t task, int slot) {
    ASSERT_LT(slot, 3);
    if (busy[static_cast<std::size_t>(slot)]++ != 0) overlapped = true;
    ++done[static_cast<std::size_t>(task)];
    --busy[static_cast<std::size_t>(slot)];
  });
  for (const auto& d : done) EXPECT_EQ(d, 1);
  EXPECT_FALSE(overlapped);
}

TEST(ThreadPool, LoopsFollowEachOtherWithoutAWait) {
  const ThreadPool pool(4);
  for (std::int64_t round = 0; round < 20'000; ++round) {
    std::atomic<std::int64_t> sum{0};
    pool.parallel(round % 7, [&](std::int64_t task, int) { sum += task + 1; });
    ASSERT_EQ(sum, (round % 7) * (round % 7 + 1) / 2) << "round " << round;
  }
}

TEST(ThreadPool, WhatABodyThrowsReachesTheCaller) {
  const ThreadPool pool(3);
  const auto fail = [&] {
    pool.parallel(100, [](std::int64_t task, int) {
      if (task == 50) throw std::bad_alloc();
    });
  };
  for (int again = 0; again < 100; ++again) EXPECT_THROW(fail(), std::bad_alloc);
  std::atomic<int> done{0};
  pool.parallel(100, [&](std::int64_t, int) { ++done; });
  EXPECT_EQ(done, 100);
}

TEST(ThreadPool, ThereIsAProcessor) {
  EXPECT_GE(available_cores(), 1);
  EXPECT_LE(available_cores(), ThreadPool::kMost);
}

TEST(ThreadPool, EndsWithItsThreads) {
  for (int again = 0; again < 200; ++again) {
    const ThreadPool pool(3);
    if (again % 2 == 0) pool.parallel(2, [](std::int64_t, int) {});
  }
}

TEST(CompileFlags, ProductsAreNotFusedAndDenormalsAreKept) {
  // (1 + 2^-12)^2 - 1 - 2^-11 is 2^-24: lost when the product is rounded, kept by a fused operation.
  volatile float x = 1.0F + 0x1p-12F;
  const float product_then_sum = x * x - (1.0F + 0x1p-11F);
  EXPECT_EQ(product_then_sum, 0.0F);
  volatile float smallest = 0x1p-149F;
  EXPECT_GT(smallest * 2.0F, smallest);
  volatile float zero = 0.0F;
  EXPECT_TRUE(zero / zero != zero / zero) << "fast-math assumes there is no NaN";
}

}  // namespace
}  // namespace nputwin::base_test
