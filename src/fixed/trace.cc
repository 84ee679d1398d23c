#include "fixed/trace.h"

#include <algorithm>
#include <cmath>

namespace nputwin {
namespace {

/// Bits kept of a fraction that people read; 127 would be all that 128 bits hold.
constexpr int kMostFraction = 96;

std::string integer_text(Int128 value, int base) {
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(value % base));
    value /= base;
  } while (value != 0);
  std::reverse(text.begin(), text.end());
  return text;
}

struct Parts {
  bool negative;
  Int128 whole, fraction;
  int bits;  // of the fraction
};

Parts parts_of(const TraceStep& step) {
  Parts p{step.digits < 0, step.digits < 0 ? -step.digits : step.digits, 0, std::max(step.fraction_bits, 0)};
  if (p.bits > kMostFraction) {
    p.whole >>= std::min(p.bits - kMostFraction, 127);
    p.bits = kMostFraction;
  }
  p.fraction = p.whole & ((Int128{1} << p.bits) - 1);
  p.whole >>= p.bits;
  return p;
}

}  // namespace

void Trace::add_real(std::string what, double value) {
  if (!std::isfinite(value)) return;  // has no digits; the code behind it tells
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  auto digits = static_cast<std::int64_t>(std::ldexp(mantissa, 53));
  int bits = 53 - exponent;
  while (digits != 0 && digits % 2 == 0) {
    digits /= 2;
    --bits;
  }
  if (digits == 0) bits = 0;
  Int128 wide = digits;
  constexpr Int128 kRoom = Int128{1} << 125;
  for (; bits < 0 && wide < kRoom && wide > -kRoom; ++bits) wide *= 2;
  add(std::move(what), wide, std::max(bits, 0));
}

void Trace::line(std::string_view text, std::string_view comment) {
  std::string& line = lines_.emplace_back(text);
  if (!comment.empty()) line.append("  # ").append(comment);
}

std::string Trace::assign(std::string_view expression, std::string_view comment) {
  std::string name = "t" + std::to_string(++variables_);
  line(name + " = " + std::string(expression), comment);
  return name;
}

bool Trace::is_variable(std::string_view name) const {
  return name.size() > 1 && name[0] == 't' && name.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

std::string decimal(const TraceStep& step, int places) {
  Parts p = parts_of(step);
  std::string text(p.negative ? "-" : "");
  text += integer_text(p.whole, 10);
  if (p.fraction == 0) return text;
  text += '.';
  // Ten times a fraction of 96 bits stays in 128.
  for (int i = 0; i < places && p.fraction != 0; ++i) {
    p.fraction *= 10;
    text += static_cast<char>('0' + static_cast<int>(p.fraction >> p.bits));
    p.fraction &= (Int128{1} << p.bits) - 1;
  }
  return p.fraction == 0 ? text : text + "…";
}

std::string binary(const TraceStep& step) {
  const Parts p = parts_of(step);
  std::string text(p.negative ? "-" : "");
  text += integer_text(p.whole, 2);
  if (p.bits == 0) return text;
  text += '.';
  for (int i = p.bits - 1; i >= 0; --i) text += (p.fraction >> i) % 2 != 0 ? '1' : '0';
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace nputwin
