#include "kernels/copy/nd_copy.h"

#include <gtest/gtest.h>

namespace nputwin::nd_copy_test {
namespace {

std::vector<std::byte> numbers(int n) {
  std::vector<std::byte> v;
  for (int i = 0; i < n; ++i) v.push_back(static_cast<std::byte>(i));
  return v;
}

TEST(NdCopy, MergesWhatIsContiguous) {
  const auto from = numbers(24);
  std::vector<std::byte> to(24);
  NdCopy({2, 3, 4}, dense_strides({2, 3, 4}), dense_strides({2, 3, 4}), 0, 0, 1).run(from.data(), to.data());
  EXPECT_EQ(from, to);
}

TEST(NdCopy, TransposesAndReverses) {
  const auto from = numbers(6);  // [2,3]
  std::vector<std::byte> to(6);
  NdCopy({3, 2}, {1, 3}, {2, 1}, 0, 0, 1).run(from.data(), to.data());
  const std::vector<std::byte> transposed{std::byte{0}, std::byte{3}, std::byte{1},
                                          std::byte{4}, std::byte{2}, std::byte{5}};
  EXPECT_EQ(to, transposed);
  NdCopy({6}, {-1}, {1}, 5, 0, 1).run(from.data(), to.data());
  EXPECT_EQ(to.front(), std::byte{5});
  EXPECT_EQ(to.back(), std::byte{0});
}

TEST(NdCopy, CopiesNothingFromAnEmptyBox) {
  std::vector<std::byte> to(1, std::byte{7});
  NdCopy({0, 3}, {3, 1}, {3, 1}, 0, 0, 1).run(nullptr, to.data());
  EXPECT_EQ(to[0], std::byte{7});
}

}  // namespace
}  // namespace nputwin::nd_copy_test
