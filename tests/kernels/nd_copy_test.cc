#include "kernels/copy/nd_copy.h"

#include <gtest/gtest.h>

#include "kernels/copy/copy_run.h"

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

TEST(NdCopy, InBlocksTheSameAsOneByOne) {
  for (const int rows : {15, 16, 17, 33}) {
    for (const int columns : {15, 16, 31, 48}) {
      const auto from = numbers(3 * rows * columns);  // [columns, 3, rows] to [rows, 3, columns]
      const NdCopy plain({rows, 3, columns}, {1, rows, 3 * rows}, {3 * columns, columns, 1}, 0, 0, 1);
      std::vector<std::byte> expected(from.size() + 1, std::byte{9});
      plain.run(from.data(), expected.data());
      for (const Isa& isa : available_isas()) {
        if (isa.scalar()) continue;
#define NPUTWIN_TRANSPOSE(kernel)                                                          \
  {                                                                                        \
    NdCopy copy = plain;                                                                   \
    EXPECT_EQ(copy.use(transpose_##kernel(isa)), rows >= 16 && columns >= 16) << isa.name; \
    std::vector<std::byte> got(expected.size(), std::byte{9});                             \
    copy.run(from.data(), got.data());                                                     \
    EXPECT_EQ(got, expected) << isa.name << " " << rows << " x " << columns;               \
  }
#include "kernels/copy/kernels.inc"
#undef NPUTWIN_TRANSPOSE
      }
    }
  }
}

TEST(CopyRun, CopiesWhatIsAskedForAndNoMore) {
  const auto from = numbers(70);
  for (std::size_t n = 1; n <= from.size(); ++n) {
    std::vector<std::byte> to(from.size() + 1, std::byte{200}), expected = to;
    std::copy_n(from.begin(), n, expected.begin());
    copy_run(to.data(), from.data(), n);
    EXPECT_EQ(to, expected) << n;
  }
}

}  // namespace
}  // namespace nputwin::nd_copy_test
