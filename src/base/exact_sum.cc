#include "base/exact_sum.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace nputwin {
namespace {

__extension__ using UInt128 = unsigned __int128;
constexpr std::uint64_t kLimbMask = 0xFFFFFFFF;

}  // namespace

void ExactSum::add(double x) {
  if (std::isnan(x)) nan_ = true;
  if (std::isinf(x)) (x > 0 ? plus_infinity_ : minus_infinity_) = true;
  if (!std::isfinite(x) || x == 0) return;
  constexpr int kDigits = std::numeric_limits<double>::digits;
  int exponent = 0;
  const double fraction = std::frexp(std::abs(x), &exponent);  // 0.5 ... 1, so that x = fraction * 2^exponent
  auto digits = static_cast<std::uint64_t>(std::ldexp(fraction, kDigits));
  int place = exponent - kDigits - kLowest;
  if (place < 0) {  // subnormal: the digits below are zeros
    digits >>= -place;
    place = 0;
  }
  UInt128 shifted = UInt128{digits} << (place % kLimbBits);
  const auto first = static_cast<std::size_t>(place / kLimbBits);
  std::size_t limb = first;
  for (; shifted != 0; ++limb, shifted >>= kLimbBits) {
    const auto part = static_cast<std::int64_t>(static_cast<std::uint64_t>(shifted) & kLimbMask);
    limbs_[limb] += x < 0 ? -part : part;
  }
  carry(first, limb);
}

void ExactSum::merge(const ExactSum& other) {
  std::size_t first = kLimbs, end = 0;
  for (std::size_t i = 0; i < limbs_.size(); ++i) {
    if (other.limbs_[i] == 0) continue;
    limbs_[i] += other.limbs_[i];
    first = std::min(first, i);
    end = i + 1;
  }
  plus_infinity_ |= other.plus_infinity_;
  minus_infinity_ |= other.minus_infinity_;
  nan_ |= other.nan_;
  carry(first, end);
}

void ExactSum::carry(std::size_t first, std::size_t end) {
  for (std::size_t i = first; i + 1 < limbs_.size(); ++i) {
    // Nothing was carried into this limb that leads beyond its range, and those above are as they were.
    if (i >= end && (limbs_[i] & ~static_cast<std::int64_t>(kLimbMask)) == 0) return;
    limbs_[i + 1] += limbs_[i] >> kLimbBits;  // rounds down, so that what stays is not negative
    limbs_[i] &= static_cast<std::int64_t>(kLimbMask);
  }
}

ExactSum ExactSum::magnitude() const {
  ExactSum result = *this;
  if (!negative()) return result;
  for (std::int64_t& limb : result.limbs_) limb = -limb;
  result.carry(0, kLimbs);
  return result;
}

double ExactSum::value() const {
  if (nan_ || (plus_infinity_ && minus_infinity_)) return std::numeric_limits<double>::quiet_NaN();
  if (plus_infinity_ || minus_infinity_) return std::numeric_limits<double>::infinity() * (plus_infinity_ ? 1 : -1);
  const auto limbs = magnitude().limbs_;
  const auto highest = std::find_if(limbs.rbegin(), limbs.rend(), [](std::int64_t limb) { return limb != 0; });
  if (highest == limbs.rend()) return 0;
  // The three highest limbs hold at least 65 bits, more than a double: what lies below decides ties, no more.
  UInt128 top = 0;
  const auto below = highest + std::min<std::ptrdiff_t>(3, limbs.rend() - highest);
  for (auto at = highest; at != below; ++at) top = (top << kLimbBits) | static_cast<std::uint64_t>(*at);
  if (std::any_of(below, limbs.rend(), [](std::int64_t limb) { return limb != 0; })) top |= 1;
  const int place = static_cast<int>(limbs.rend() - below) * kLimbBits + kLowest;
  return std::ldexp(static_cast<double>(top), place) * (negative() ? -1 : 1);
}

std::string ExactSum::text() const {
  if (const double special = value(); !std::isfinite(special) && (nan_ || plus_infinity_ || minus_infinity_))
    return std::isnan(special) ? "nan" : special > 0 ? "inf" : "-inf";
  const auto limbs = magnitude().limbs_;
  std::string digits;
  for (auto limb = limbs.rbegin(); limb != limbs.rend(); ++limb) digits += fmt::format("{:08x}", *limb);
  const std::size_t first = digits.find_first_not_of('0'), last = digits.find_last_not_of('0');
  if (first == std::string::npos) return "0";
  const int place = kLowest + 4 * static_cast<int>(digits.size() - 1 - last);
  return fmt::format("{}0x{}p{}", negative() ? "-" : "", digits.substr(first, last + 1 - first), place);
}

Result<ExactSum> ExactSum::parse(std::string_view text) {
  const auto wrong = [&] { return error("'{}' is no exact sum; expected one such as -0x7dp-10", text); };
  ExactSum sum;
  if (text == "0") return sum;
  sum.nan_ = text == "nan";
  sum.plus_infinity_ = text == "inf";
  sum.minus_infinity_ = text == "-inf";
  if (sum.nan_ || sum.plus_infinity_ || sum.minus_infinity_) return sum;
  std::string_view rest = text;
  const bool minus = rest.starts_with('-');
  if (minus) rest.remove_prefix(1);
  const std::size_t exponent = rest.find('p');
  if (!rest.starts_with("0x") || exponent == std::string_view::npos) return wrong();
  const std::string_view digits = rest.substr(2, exponent - 2), power = rest.substr(exponent + 1);
  int place = 0;
  const auto [end, failed] = std::from_chars(power.data(), power.data() + power.size(), place);
  if (digits.empty() || failed != std::errc() || end != power.data() + power.size() || place < kLowest) return wrong();
  place -= kLowest;
  constexpr int kBits = kLimbs * kLimbBits;
  if (place > kBits || digits.size() > kBits / 4 || place + 4 * static_cast<int>(digits.size()) > kBits) return wrong();
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, place += 4) {
    int value = 0;
    if (std::from_chars(&*digit, &*digit + 1, value, 16).ec != std::errc()) return wrong();
    const auto part = static_cast<std::int64_t>(std::uint64_t(value) << (place % kLimbBits));
    sum.limbs_[static_cast<std::size_t>(place / kLimbBits)] += minus ? -part : part;
  }
  sum.carry(0, kLimbs);
  return sum;
}

}  // namespace nputwin
