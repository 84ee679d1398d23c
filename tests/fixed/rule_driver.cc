// Answers questions about `fixed` on stdin, one a line, so that another language can check it. Floats are
// binary32 bits.
//  - shift ROUNDING x shift
//  - divide ROUNDING a b
//  - real ROUNDING binary64-bits
//  - quantize_multiplier binary64-bits
//  - significand float bits ROUNDING
//  - mbqm ROUNDING x m exponent
//  - highmul a b
//  - requantize METHOD SCALE ROUNDING bits ROUNDING product_bits ROUNDING guard_bits zero_first acc s_in s_w s_out
//  zero_point
//  - register bits OVERFLOW acc
//  - exp a integer_bits
//  - over a
//  - reciprocal x integer_bits
//  - logistic BITS a integer_bits
//  - tanh BITS a integer_bits
//  - inverse_sqrt x
// ROUNDING, METHOD, SCALE and OVERFLOW are numbers of the enumerations.

#include <bit>
#include <cstdio>
#include <iostream>
#include <string>

#include "fixed/fixed_point.h"
#include "fixed/requantize.h"

namespace nputwin {
namespace {

template <typename T = std::int64_t>
T next() {
  T value{};
  std::cin >> value;
  return value;
}
Rounding rounding() { return static_cast<Rounding>(next<int>()); }
float real32() { return std::bit_cast<float>(next<std::uint32_t>()); }
double real64() { return std::bit_cast<double>(next<std::uint64_t>()); }
std::int32_t int32() { return static_cast<std::int32_t>(next()); }

void print(std::int64_t v) { std::printf("%lld\n", static_cast<long long>(v)); }
void print(QuantizedMultiplier m) { std::printf("%d %d\n", m.multiplier, m.exponent); }

void requantize_question() {
  RequantizeRule rule;
  rule.method = static_cast<RequantizeRule::Method>(next<int>());
  rule.scale = static_cast<RequantizeRule::Scale>(next<int>());
  rule.rounding = rounding();
  rule.multiplier_bits = next<int>();
  rule.multiplier_rounding = rounding();
  rule.product_bits = next<int>();
  rule.product_rounding = rounding();
  rule.guard_bits = next<int>();
  rule.zero_point_first = next<int>() != 0;
  const auto acc = next();
  const float s_in = real32(), s_w = real32(), s_out = real32();
  print(requantize(rule, acc, make_rescale(rule, s_in, s_w, s_out), int32()));
}

bool answer(const std::string& question) {
  if (question == "shift") {
    const Rounding r = rounding();
    const auto x = next();
    print(shift_right_rounded<std::int64_t>(x, next<int>(), r));
  } else if (question == "divide") {
    const Rounding r = rounding();
    const auto a = next();
    print(divide_rounded<std::int64_t>(a, next(), r));
  } else if (question == "real") {
    const Rounding r = rounding();
    print(round_real(real64(), r));
  } else if (question == "quantize_multiplier") {
    print(quantize_multiplier(real64()));
  } else if (question == "significand") {
    const float scale = real32();
    const int bits = next<int>();
    print(significand_multiplier(scale, bits, rounding()));
  } else if (question == "mbqm") {
    const Rounding r = rounding();
    const std::int32_t x = int32(), m = int32();
    print(multiply_by_quantized_multiplier(x, {m, next<int>()}, r));
  } else if (question == "highmul") {
    const std::int32_t a = int32();
    print(saturating_rounding_doubling_high_mul(a, int32()));
  } else if (question == "requantize") {
    requantize_question();
  } else if (question == "register") {
    RequantizeRule rule;
    rule.accumulator_bits = next<int>();
    rule.accumulator_overflow = static_cast<RequantizeRule::Overflow>(next<int>());
    print(accumulator_register(rule, next()));
  } else if (question == "exp") {
    const std::int32_t a = int32();
    print(exp_on_negative(a, next<int>()));
  } else if (question == "over") {
    print(one_over_one_plus(int32()));
  } else if (question == "logistic" || question == "tanh") {
    const bool is_tanh = question == "tanh";
    const auto of = [&](auto a) {
      const int bits = next<int>();
      print(is_tanh ? fixed_tanh(a, bits) : fixed_logistic(a, bits));
    };
    if (next<int>() == 16) {
      of(static_cast<std::int16_t>(next()));
    } else {
      of(int32());
    }
  } else if (question == "inverse_sqrt") {
    print(inverse_square_root(int32()));
  } else if (question == "reciprocal") {
    const std::int32_t x = int32();
    const Reciprocal r = reciprocal(x, next<int>());
    print(QuantizedMultiplier{r.value, r.bits_over_unit});
  } else {
    return false;
  }
  return true;
}

}  // namespace
}  // namespace nputwin

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string question; std::cin >> question;) {
    if (!nputwin::answer(question)) {
      std::fprintf(stderr, "unknown question: %s\n", question.c_str());
      return 2;
    }
  }
  return 0;
}
