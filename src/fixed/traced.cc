#include "fixed/traced.h"

#include <algorithm>
#include <array>

namespace nputwin {
namespace {

using Method = RequantizeRule::Method;

/// Functions that lines of Python call, each before those that call it.
struct PythonFunction {
  std::string_view name, text;
};
constexpr PythonFunction kFunctions[] = {
    {"f32", R"(def f32(x):  # the nearest binary32 number
    try:
        return struct.unpack("<f", struct.pack("<f", x))[0]
    except OverflowError:
        return math.copysign(math.inf, x)
)"},
    {"fma32", R"(def fma32(a, b, c):  # a * b + c, rounded once to binary32
    if not math.isfinite(a * b + c):
        return f32(a * b + c)
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    near = float(exact)
    bits = struct.unpack("<q", struct.pack("<d", near))[0]
    if Fraction(near) != exact and bits % 2 == 0:  # an odd last bit keeps the second rounding from seeing a tie
        bits += 1 if (Fraction(near) < exact) == (near > 0) else -1
    return f32(struct.unpack("<d", struct.pack("<q", bits))[0])
)"},
    {"xnnpack_exp", R"(def xnnpack_exp(x):  # 2^z * p(r) / q(r)
    scaled = min(max(f32(x * f32(1.44269504089)), -127.0), 128.0)
    z = f32(f32(12582912.0 + scaled) - 12582912.0)
    r = f32(scaled - z)
    p = fma32(r, fma32(r, fma32(r, f32(5.5380910635e-03), f32(7.2068706155e-02)), f32(4.1594290733e-01)), 1.0)
    q = fma32(r, fma32(r, f32(2.3986088112e-02), f32(-2.7720427513e-01)), 1.0)
    power = 0.0 if z == -127 else math.inf if z == 128 else 2.0 ** z
    return f32(power * f32(p / q))
)"},
    {"wrapped", R"(def wrapped(x, bits):  # what a register of so many bits holds
    return (x + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)
)"},
    {"cut_division", R"(def cut_division(a, b):  # toward zero
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
)"},
    {"clip32", R"(def clip32(x):
    return min(max(x, -2**31), 2**31 - 1)
)"},
    {"high_half", R"(def high_half(a, b):  # of the doubled product, half up
    return min((a * b + (1 << 30)) >> 31, 2**31 - 1)
)"},
    {"leading_bits", R"(def leading_bits(x, bits, rounded):
    drop = max(abs(x).bit_length() - bits, 0)
    return rounded(x, drop) << drop
)"},
    {"shift_half_up", R"(def shift_half_up(x, n):  # x / 2^n
    return (x + (1 << n >> 1)) >> n
)"},
    {"shift_half_down", R"(def shift_half_down(x, n):  # x / 2^n
    return -((-x + (1 << n >> 1)) >> n)
)"},
    {"shift_half_away_from_zero", R"(def shift_half_away_from_zero(x, n):  # x / 2^n
    return ((abs(x) + (1 << n >> 1)) >> n) * (1 if x >= 0 else -1)
)"},
    {"shift_half_toward_zero", R"(def shift_half_toward_zero(x, n):  # x / 2^n
    return -((-abs(x) + (1 << n >> 1)) >> n) * (1 if x >= 0 else -1)
)"},
    {"shift_half_to_even", R"(def shift_half_to_even(x, n):  # x / 2^n
    return round(Fraction(x, 1 << n))
)"},
    {"shift_floor", R"(def shift_floor(x, n):  # x / 2^n
    return x >> n
)"},
    {"shift_toward_zero", R"(def shift_toward_zero(x, n):  # x / 2^n
    return (abs(x) >> n) * (1 if x >= 0 else -1)
)"},
    {"fixed_mul", R"(def fixed_mul(a, b, bits):  # of Q0 numbers, half up
    return min((a * b + (1 << bits - 1)) >> bits, (1 << bits) - 1)
)"},
    {"fixed_constant", R"(def fixed_constant(of_32_bits, bits):
    return shift_half_away_from_zero(of_32_bits, 31 - bits)
)"},
    {"fixed_by_pot", R"(def fixed_by_pot(x, exponent, bits):  # x * 2^exponent
    if exponent <= 0:
        return shift_half_away_from_zero(x, -exponent)
    return min(max(x << exponent, -1 << bits), (1 << bits) - 1)
)"},
    {"exp_on_negative", R"(def exp_on_negative(a, integer_bits, bits):  # exp(a) in Q0
    if a == 0:
        return (1 << bits) - 1
    fraction = bits - integer_bits
    quarter = 1 << fraction - 2
    rest = (a & quarter - 1) - quarter
    x = fixed_by_pot(rest, integer_bits, bits) + fixed_constant(1 << 28, bits)
    x2 = fixed_mul(x, x, bits)
    sum = shift_half_away_from_zero(fixed_mul(x2, x2, bits), 2) + fixed_mul(x2, x, bits)
    higher = shift_half_away_from_zero(fixed_mul(sum, fixed_constant(715827883, bits), bits) + x2, 1)
    term = fixed_constant(1895147668, bits)
    result = term + fixed_mul(term, x + higher, bits)
    factors = 1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242
    for exponent, factor in zip(range(-2, 5), factors):
        if integer_bits > exponent and rest - a & 1 << fraction + exponent:
            result = fixed_mul(result, fixed_constant(factor, bits), bits)
    return 0 if integer_bits > 5 and a < -(1 << fraction + 5) else result
)"},
    {"reciprocal_of_half_sum", R"(def reciprocal_of_half_sum(a, bits):  # 2 / (1 + a) in Q2 by Newton steps
    sum = a + (1 << bits) - 1
    half = cut_division(sum + (1 if sum >= 0 else -1), 2)
    x = fixed_constant(1515870810, bits) + fixed_mul(half, fixed_constant(-1010580540, bits), bits)
    for _ in range(3):
        x += fixed_by_pot(fixed_mul(x, (1 << bits - 2) - fixed_mul(half, x, bits), bits), 2, bits)
    return x
)"},
    {"reciprocal", R"(def reciprocal(x, integer_bits):  # 1 / x, scaled to [1/2, 1] in Q0
    headroom = 32 - max(x, 1).bit_length()
    return fixed_by_pot(reciprocal_of_half_sum((x << headroom) - (1 << 31), 31), 1, 31)
)"},
    {"fixed_log", R"(def fixed_log(x, integer_bits, result_bits):
    root, fourth_root = 1518500250, 1805811301  # of a half
    def mul(a, b): return fixed_mul(a, b, 31)
    def by_pot(a, exponent): return fixed_by_pot(a, exponent, 31)
    def power(n, more): return clip32(by_pot(n, 30 - result_bits) + more)
    zeros, quarter = 32 - x.bit_length(), by_pot(1 << 29, -result_bits - 1)
    headroom = 31 - mul(x, root).bit_length()
    rest = min(by_pot(mul(by_pot(x, zeros - 1), root), 1), by_pot(x, headroom))
    exponent = max(power(integer_bits - zeros, quarter), power(integer_bits - headroom, -quarter))
    sum = rest + fourth_root
    p = cut_division(sum + (1 if sum >= 0 else -1), 2)
    q = 2 * (rest - fourth_root)
    square = mul(q, q)
    above = mul(q, rest) + mul(mul(q, square), 117049297)
    below = mul(p, 1057819769 + q + mul(127690142, square)) + mul(638450708, q)
    quotient = mul(by_pot(above, -result_bits - 1), by_pot(reciprocal_of_half_sum(below, 31), 1))
    return by_pot(mul(exponent, 1488522236) + quotient, 1)
)"},
    {"fixed_logistic", R"(def fixed_logistic(a, integer_bits, bits):
    if a == 0:
        return fixed_constant(1 << 30, bits)
    y = fixed_by_pot(reciprocal_of_half_sum(exp_on_negative(-abs(a), integer_bits, bits), bits), 1, bits)
    return y if a > 0 else (1 << bits) - 1 - y
)"},
    {"fixed_tanh", R"(def fixed_tanh(a, integer_bits, bits):
    if a == 0:
        return 0
    x = reciprocal_of_half_sum(exp_on_negative(-abs(a), integer_bits + 1, bits), bits)
    t = fixed_by_pot(x - (1 << bits - 2), 2, bits)
    return -t if a < 0 else t
)"},
    {"round_half_up", R"(def round_half_up(x):
    x = clip32(x)
    return math.floor(x) + (x - math.floor(x) >= 0.5)
)"},
    {"round_half_down", R"(def round_half_down(x):
    x = clip32(x)
    return math.floor(x) + (x - math.floor(x) > 0.5)
)"},
    {"round_half_away_from_zero", R"(def round_half_away_from_zero(x):
    x = clip32(x)
    return (math.floor(abs(x)) + (abs(x) - math.floor(abs(x)) >= 0.5)) * (1 if x >= 0 else -1)
)"},
    {"round_half_toward_zero", R"(def round_half_toward_zero(x):
    x = clip32(x)
    return (math.floor(abs(x)) + (abs(x) - math.floor(abs(x)) > 0.5)) * (1 if x >= 0 else -1)
)"},
    {"round_half_to_even", R"(def round_half_to_even(x):
    return round(clip32(x))
)"},
    {"round_floor", R"(def round_floor(x):
    return math.floor(clip32(x))
)"},
    {"round_toward_zero", R"(def round_toward_zero(x):
    return math.trunc(clip32(x))
)"},
};

/// Whether the text calls the function or gives it to another.
bool uses(std::string_view text, std::string_view name) {
  const auto of_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !of_name(text[at - 1])) && (end == text.size() || !of_name(text[end]))) return true;
  }
  return false;
}

std::string number(std::int64_t x) { return std::to_string(x); }

/// Lines for acc * m * 2^(exponent - bits) + offset, rounded: see round_exact_product.
std::string python_exact_product(const RequantizeRule& rule, const std::string& acc, QuantizedMultiplier m, int bits,
                                 std::int32_t offset, Trace& trace) {
  std::string value = trace.assign(acc + " * " + number(m.multiplier), "times the mantissa");
  if (rule.product_bits > 0)
    value = trace.assign(
        "leading_bits(" + value + ", " + number(rule.product_bits) + ", " + python_shift(rule.product_rounding) + ")",
        "the product's leading bits");
  int shift = bits - m.exponent;
  if (shift <= 0) {
    return trace.assign("clip32((" + value + " << " + number(-shift) + ") + " + number(offset) + ")", "rounded");
  }
  if (offset != 0)
    value = trace.assign(value + " + (" + number(offset) + " << " + number(shift) + ")", "plus the zero point");
  if (shift > rule.guard_bits) {
    value = trace.assign(value + " >> " + number(shift - rule.guard_bits), "the bits that reach the rounding");
    shift = rule.guard_bits;
  }
  return trace.assign("clip32(" + python_shift(rule.rounding) + "(" + value + ", " + number(shift) + "))",
                      "rounded, ties " + std::string(name(rule.rounding)));
}

/// Lines for sixteen_bit_product of requantize.cc.
std::string python_sixteen_bits(const std::string& acc, QuantizedMultiplier m, const std::string& plus, Trace& trace) {
  const std::int32_t sixteen = sixteen_bit_multiplier(m.multiplier);
  const int shift = 15 - m.exponent;
  if (shift < 1 || shift > 63)
    return python_exact_product({.rounding = Rounding::kHalfUp}, acc, {sixteen, m.exponent}, 15, 0, trace) + plus;
  const std::string product =
      trace.assign("wrapped(" + acc + " * " + number(sixteen) + ", 64)", "sum times multiplier");
  return trace.assign(
      "wrapped((" + product + " + (1 << " + number(shift - 1) + ")) >> " + number(shift) + ", 32)" + plus,
      "rounded, ties half_up");
}

/// Lines for rounded_product of requantize.cc.
std::string python_product(const RequantizeRule& rule, const std::string& acc, const EffectiveMultiplier& scale,
                           std::int32_t offset, Trace& trace) {
  const QuantizedMultiplier m = scale.fixed;
  const std::string plus = offset == 0 ? "" : " + " + number(offset);
  const std::string round = python_round(rule.rounding) + "(";
  switch (rule.method) {
    case Method::kTwoStep: {
      const std::string left = m.exponent > 0 ? "wrapped(" + acc + " << " + number(m.exponent & 31) + ", 32)" : acc;
      std::string high = trace.assign("high_half(" + left + ", " + number(m.multiplier) + ")", "the first rounding");
      if (m.exponent < 0)
        high = trace.assign(python_shift(rule.rounding) + "(" + high + ", " + number(-m.exponent) + ")",
                            "the second rounding, ties " + std::string(name(rule.rounding)));
      return offset == 0 ? high : trace.assign(high + plus, "plus the zero point");
    }
    case Method::kOneStep:
      return python_exact_product(rule, acc, m, 31, offset, trace);
    case Method::kSignificand:
      return python_exact_product(rule, acc, m, rule.multiplier_bits, offset, trace);
    case Method::kBinary32: {
      std::string product = trace.assign("f32(f32(" + acc + ") * " + python_constant(scale.binary32) + ")",
                                         "times the multiplier, as binary32");
      if (offset != 0) product = trace.assign("f32(" + product + plus + ")", "plus the zero point, as binary32");
      return trace.assign(round + product + ")", "rounded, ties " + std::string(name(rule.rounding)));
    }
    case Method::kBinary64:
      return trace.assign(round + "float(" + acc + ") * " + python_constant(scale.binary64) + plus + ")",
                          "times the multiplier, rounded, ties " + std::string(name(rule.rounding)));
    case Method::kSixteenBits:
      return python_sixteen_bits(acc, m, plus, trace);
    case Method::kQ31:
      return python_exact_product({.rounding = Rounding::kHalfUp}, "(" + acc + " >> " + number(m.exponent) + ")",
                                  {m.multiplier, 0}, 31, offset, trace);
  }
  return acc;
}

}  // namespace

std::string Trace::python() const {
  if (result_.empty()) return {};
  std::string body;
  for (const std::string& line : lines_) body += line + '\n';
  body += "print(" + result_ + ")\n";
  std::string functions;
  for (std::size_t i = std::size(kFunctions); i-- > 0;) {  // callers stand behind what they call
    if (uses(body, kFunctions[i].name) || uses(functions, kFunctions[i].name))
      functions.insert(0, std::string(kFunctions[i].text) + '\n');
  }
  std::string imports;
  for (const char* module : {"functools", "math", "struct"}) {
    if (uses(functions + body, module)) imports += "import " + std::string(module) + '\n';
  }
  if (uses(functions + body, "Fraction")) imports += "from fractions import Fraction\n";
  if (!imports.empty()) imports += '\n';
  return imports + functions + body;
}

std::string python_shift(Rounding rounding) { return "shift_" + std::string(name(rounding)); }
std::string python_round(Rounding rounding) { return "round_" + std::string(name(rounding)); }

Traced<std::int32_t> round_real(const Traced<double>& x, Rounding rounding) {
  if (x.trace() != nullptr && std::isfinite(x.value())) x.trace()->add_real("before the rounding", x.value());
  return noted("rounded, ties " + std::string(name(rounding)),
               traced::call(x, python_round(rounding), round_real(x.value(), rounding)));
}

Traced<std::int32_t> saturating_rounding_doubling_high_mul(const Traced<std::int32_t>& a, std::int32_t b) {
  if (a.trace() != nullptr) a.trace()->add("times " + number(b) + " / 2^31", static_cast<Int128>(a.value()) * b, 31);
  return noted("rounded half up",
               traced::call(a, "high_half", saturating_rounding_doubling_high_mul(a.value(), b), ", " + number(b)));
}

Traced<std::int32_t> saturating_rounding_doubling_high_mul(const Traced<std::int32_t>& a,
                                                           const Traced<std::int32_t>& b) {
  Trace* trace = traced::trace_of(a, b);
  if (trace != nullptr) trace->add("product over 2^31", static_cast<Int128>(a.value()) * b.value(), 31);
  return noted("rounded half up",
               Traced<std::int32_t>(trace, saturating_rounding_doubling_high_mul(a.value(), b.value()),
                                    "high_half(" + a.python() + ", " + b.python() + ")"));
}

Traced<std::int32_t> shift_left_wrapping(const Traced<std::int32_t>& x, int shift) {
  return to<std::int32_t>(to<std::int64_t>(x) << (shift & 31));
}

Traced<std::int32_t> requantize(const RequantizeRule& rule, const Traced<std::int64_t>& acc,
                                const EffectiveMultiplier& scale, std::int32_t zero_point) {
  Trace* trace = acc.trace();
  if (trace == nullptr) return requantize(rule, acc.value(), scale, zero_point);
  trace_multiplier(rule, scale, *trace);
  const std::int32_t code = requantize(rule, acc.value(), scale, zero_point, trace);
  std::string sum = acc.part();
  std::int32_t inside = rule.zero_point_first ? zero_point : 0;
  if (rule.zero_point_in_accumulator) {
    sum = trace->assign(sum + " + " + number(requantize_zero_in_accumulator(zero_point, scale)),
                        "plus the zero point over the multiplier");
    inside = 0;
  }
  std::string result = python_product(rule, sum, scale, inside, *trace);
  if (!rule.zero_point_first && !rule.zero_point_in_accumulator && zero_point != 0)
    result = trace->assign(result + " + " + number(zero_point), "plus the zero point");
  return {trace, code, std::move(result)};
}

Traced<std::int64_t> accumulator_register(const RequantizeRule& rule, const Traced<std::int64_t>& acc) {
  const std::int64_t held = accumulator_register(rule, acc.value());
  if (acc.trace() == nullptr || rule.accumulator_bits >= 64) return {acc.trace(), held, acc.python(), acc.atom()};
  const std::string bits = number(rule.accumulator_bits);
  const std::string comment = "a register of " + bits + " bits";
  if (held != acc.value()) acc.trace()->add("in " + comment, held);
  if (rule.accumulator_overflow == RequantizeRule::Overflow::kWraps)
    return {acc.trace(), held, acc.trace()->assign("wrapped(" + acc.python() + ", " + bits + ")", comment)};
  const int most = rule.accumulator_bits - 1;
  return {acc.trace(), held,
          acc.trace()->assign("min(max(" + acc.python() + ", -2**" + number(most) + "), 2**" + number(most) + " - 1)",
                              comment)};
}

}  // namespace nputwin
