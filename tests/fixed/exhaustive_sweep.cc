// Every accumulator that the vector forms take through the vector form and the scalar definition of each
// named rule, for every instruction set. All of +-2^28, beyond which the vector forms are not used for every
// rule, with 4,096 multipliers in turn: an hour. `./dev test --exhaustive`.

#include <gtest/gtest.h>

#include <vector>

#include "kernels/requantize.h"
#include "profile/rules.h"

namespace nputwin {
namespace {

TEST(Exhaustive, VectorFormsEqualTheDefinition) {
  const struct {
    const char* name;
    RequantizeRule rule;
  } rules[] = {{"double", rules::kDouble}, {"double_half_up", rules::kDoubleHalfUp},
               {"single", rules::kSingle}, {"f32", rules::kF32},
               {"rndnu", rules::kRndnu},   {"vip_v8", rules::kVipV8}};
  constexpr int kBlock = 4096;
  for (const auto& [name, rule] : rules) {
    std::vector<Rescale> scales;
    // Multipliers from 0.9 down to 2^-20, so that every block of accumulators meets each.
    for (int c = 0; c < kBlock; ++c)
      scales.push_back(make_rescale(rule, 0.9F - 0.0001F * static_cast<float>(c), 1.0F,
                                    static_cast<float>(1 << (c % 21))));
    for (const Isa& isa : available_isas()) {
      if (isa.scalar()) continue;
      // The largest accumulator for which every vector form is used.
      const std::int64_t largest = (std::int64_t{1} << 28) - 1;
      const Requantizer vector(rule, scales, 3, {-128, 127}, DType::kInt8, largest, isa);
      const Requantizer scalar(rule, scales, 3, {-128, 127}, DType::kInt8, largest, available_isas().back());
      std::vector<std::int32_t> acc(kBlock + Requantizer::kPadding);
      std::vector<std::int8_t> a(kBlock), b(kBlock);
      for (std::int64_t first = -largest; first <= largest - kBlock; first += kBlock) {
        for (int i = 0; i < kBlock; ++i)
          acc[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(first + i);
        vector.run(acc.data(), 0, 1, 0, kBlock, a.data(), 0);
        scalar.run(acc.data(), 0, 1, 0, kBlock, b.data(), 0);
        ASSERT_EQ(a, b) << name << " " << isa.name << " accumulators from " << first;
      }
      std::printf("%s equal under %s\n", name, isa.name.c_str());
    }
  }
}

}  // namespace
}  // namespace nputwin
