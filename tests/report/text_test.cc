#include "report/text.h"

#include <gtest/gtest.h>

namespace nputwin::report {
namespace {

TEST(Shortened, KeepsBothEndsOfALongName) {
  EXPECT_EQ(shortened("StatefulPartitionedCall_1:0", 40), "StatefulPartitionedCall_1:0");
  EXPECT_EQ(shortened("block_1/conv/Relu6;block_1/bn/Const_7:0", 12), "block_…t_7:0");
  EXPECT_EQ(shortened("abcdefg", 7), "abcdefg");
  EXPECT_EQ(shortened("abcdefgh", 7), "abc…fgh");
  EXPECT_EQ(shortened("abcdefgh", 6), "abc…gh");
}

TEST(Shortened, CountsCharactersAndCutsNone) {
  EXPECT_EQ(shortened("äöüäöüß", 7), "äöüäöüß");
  EXPECT_EQ(shortened("äöüäöüß", 5), "äö…üß");
  EXPECT_EQ(shortened("名前名前名前", 3), "名…前");
}

TEST(Shortened, LeavesThreeCharactersAtLeast) {
  EXPECT_EQ(shortened("abcdef", 0), "a…f");
  EXPECT_EQ(shortened("", 0), "");
}

TEST(CutOff, KeepsTheBeginning) {
  EXPECT_EQ(cut_off("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_off("abcdef", 5), "abcd…");
  EXPECT_EQ(cut_off("äöüäöü", 3), "äö…");
  EXPECT_EQ(cut_off("abc", 0), "…");
}

}  // namespace
}  // namespace nputwin::report
