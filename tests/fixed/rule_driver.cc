// Answers questions about `fixed` on stdin, one on each line, so that another language can check it.
//
//   requantize PARAMETER=VALUE... sum=N s_in=X s_w=X s_out=X zero_point=N
//   register PARAMETER=VALUE... sum=N
//   shift ROUNDING x shift
//   divide ROUNDING a b
//   real ROUNDING X
//   quantize_multiplier X
//   significand X bits ROUNDING
//   mbqm ROUNDING x m exponent
//   highmul a b
//   exp a integer_bits
//   over a
//   reciprocal x integer_bits
//   logistic BITS a integer_bits
//   tanh BITS a integer_bits
//   inverse_sqrt x
//
// PARAMETER is a parameter of a requantization by its name in docs/profiles.md; what is left out has its default. VALUE
// and ROUNDING are the words that stand there. X is a real number, decimal or as 0x1.8p-3.

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>

#include "fixed/fixed_point.h"
#include "profile/parameters.h"

namespace nputwin {
namespace {

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "nputwin_rule_driver: %s\n", what.c_str());
  std::exit(2);
}

template <typename T>
T parsed(const std::string& word) {
  if constexpr (NamedEnum<T>) {
    if (const auto value = find_named<T>(word)) return *value;
  } else if constexpr (std::same_as<T, bool>) {
    if (word == "true" || word == "false") return word == "true";
  } else if constexpr (std::floating_point<T>) {
    char* end = nullptr;
    const T value = std::same_as<T, float> ? static_cast<T>(std::strtof(word.c_str(), &end))
                                           : static_cast<T>(std::strtod(word.c_str(), &end));
    if (!word.empty() && *end == '\0') return value;
  } else {
    T value{};
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (failed == std::errc() && end == word.data() + word.size()) return value;
  }
  fail("'" + word + "' is no value for this");
}

template <typename T = std::int64_t>
T next() {
  std::string word;
  std::cin >> word;
  return parsed<T>(word);
}
Rounding rounding() { return next<Rounding>(); }
std::int32_t int32() { return static_cast<std::int32_t>(next()); }

void print(std::int64_t v) { std::printf("%lld\n", static_cast<long long>(v)); }
void print(QuantizedMultiplier m) { std::printf("%d %d\n", m.multiplier, m.exponent); }

/// What the rest of a line names: a rule's parameters, a sum, scales and a zero point.
struct Named {
  RequantizeRule rule;
  std::int64_t sum = 0;
  float s_in = 1, s_w = 1, s_out = 1;
  std::int32_t zero_point = 0;

  void set(const std::string& name, const std::string& value) {
    bool known = false;
    const auto offer = [&](std::string_view key, auto& field, Range /*range*/ = {}) {
      if (key != name) return;
      field = parsed<std::remove_cvref_t<decltype(field)>>(value);
      known = true;
    };
    each_parameter(rule, offer);
    offer("sum", sum);
    offer("s_in", s_in);
    offer("s_w", s_w);
    offer("s_out", s_out);
    offer("zero_point", zero_point);
    if (!known) fail("'" + name + "' is no parameter");
  }
};

Named named() {
  std::string line;
  std::getline(std::cin, line);
  std::istringstream words(line);
  Named result;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) fail("'" + word + "': expected NAME=VALUE");
    result.set(word.substr(0, equals), word.substr(equals + 1));
  }
  return result;
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
    print(round_real(next<double>(), r));
  } else if (question == "quantize_multiplier") {
    print(quantize_multiplier(next<double>()));
  } else if (question == "significand") {
    const auto scale = next<float>();
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
    const Named n = named();
    print(requantize(n.rule, n.sum, effective_multiplier(n.rule, n.s_in, n.s_w, n.s_out), n.zero_point));
  } else if (question == "register") {
    const Named n = named();
    print(accumulator_register(n.rule, n.sum));
  } else if (question == "exp") {
    const std::int32_t a = int32();
    print(exp_on_negative(a, next<int>()));
  } else if (question == "over") {
    print(one_over_one_plus(int32()));
  } else if (question == "log") {
    print(fixed_log(int32(), 12, 5));
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
    if (!nputwin::answer(question)) nputwin::fail("unknown question: " + question);
  }
  return 0;
}
