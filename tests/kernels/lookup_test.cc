// Tables of 256 codes by vectors against the plain look-up, on every instruction set.

#include "kernels/lookup/lookup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

namespace nputwin::lookup_test {
namespace {

using Table = std::vector<std::uint8_t>;

Table table_of(const std::function<int(int)>& f) {
  Table table;
  for (int code = 0; code < 256; ++code) table.push_back(static_cast<std::uint8_t>(f(code)));
  return table;
}

std::vector<Table> tables() {
  std::mt19937 engine(7);
  Table permuted = table_of([](int code) { return code; }), random(256);
  std::ranges::shuffle(permuted, engine);
  for (std::uint8_t& y : random) y = static_cast<std::uint8_t>(engine());
  return {table_of([](int code) { return code; }), table_of([](int code) { return 255 - code; }),
          table_of([](int code) { return code >= 128 ? 1 : 0; }), permuted, random};
}

/// All codes, many times, at lengths around those of vectors; what lies behind is untouched.
template <typename Run>
void expect_table(const Run& run, const Table& table, const std::string& what) {
  std::vector<std::uint8_t> in;
  for (int i = 0; i < 700; ++i) in.push_back(static_cast<std::uint8_t>(i * 37));
  for (const std::int64_t count : {0, 1, 15, 16, 17, 31, 33, 63, 64, 65, 256, 700}) {
    std::vector<std::uint8_t> out(701, 0x5A), expected = out;
    look_up_scalar(table.data(), in.data(), count, expected.data());
    run(in.data(), count, out.data());
    ASSERT_EQ(out, expected) << what << " " << count;
  }
}

TEST(LookupKernels, EqualTheDefinition) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
    const auto expect = [&](const LookupKernels& kernels, const std::string& name) {
      for (const Table& table : tables()) {
        if (kernels.look_up == nullptr) continue;
        expect_table(
            [&](const auto* in, std::int64_t count, auto* out) { kernels.look_up(table.data(), in, count, out); },
            table, name);
      }
      for (const int flip_in : {0, 0x80}) {
        for (const int flip_out : {0, 0x80}) {
          for (const int add : {-128, -3, 0, 127}) {
            const auto flips = [](int code, int flip) { return int{static_cast<std::int8_t>(code ^ flip)}; };
            const Table table = table_of([&](int code) {
              return std::clamp(std::clamp(flips(code, flip_in) + add, -128, 127), -100, 90) ^ flip_out;
            });
            const auto form = clamp_form(table.data());
            ASSERT_TRUE(form) << flip_in << " " << flip_out << " " << add;
            expect_table([&](const auto* in, std::int64_t count, auto* out) { kernels.clamp(*form, in, count, out); },
                         table, name + " clamp");
          }
        }
      }
    };
#define NPUTWIN_LOOKUP(kernel) expect(lookup_##kernel(isa), std::string(#kernel " ") + isa.name);
#include "kernels/lookup/kernels.inc"
#undef NPUTWIN_LOOKUP
  }
}

TEST(ClampForm, IsFoundWhereATableIsOne) {
  EXPECT_EQ(clamp_form(table_of([](int code) { return code; }).data()), (ClampForm{0, 0, 0, -128, 127}));
  EXPECT_EQ(clamp_form(table_of([](int code) { return code ^ 0x80; }).data()), (ClampForm{0, 0x80, 0, -128, 127}));
  EXPECT_EQ(clamp_form(table_of([](int) { return 9; }).data()), (ClampForm{0, 0, 0, 9, 9}));
  EXPECT_FALSE(clamp_form(table_of([](int code) { return code / 2; }).data()));
  EXPECT_FALSE(clamp_form(table_of([](int code) { return code == 200 ? 3 : code; }).data()));
  EXPECT_FALSE(clamp_form(table_of([](int code) { return 255 - code; }).data()));
}

}  // namespace
}  // namespace nputwin::lookup_test
