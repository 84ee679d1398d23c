#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nputwin {

__extension__ using Int128 = __int128;

/// A value on the way from a sum to a code, exact: digits / 2^fraction_bits.
struct RequantizeStep {
  const char* what;
  Int128 digits;
  int fraction_bits;
};

/// What requantize() went through, in order, for people who ask why a code is what it is. Asking costs nothing to those
/// who do not: the functions take a null pointer.
class RequantizeTrace {
 public:
  void add(const char* what, Int128 digits, int fraction_bits = 0) { steps_.push_back({what, digits, fraction_bits}); }
  /// Exact up to 2^125.
  void add_real(const char* what, double value);
  [[nodiscard]] const std::vector<RequantizeStep>& steps() const { return steps_; }

 private:
  std::vector<RequantizeStep> steps_;
};

/// "-3.5", all digits up to `places` behind the point; a value that needs more ends with an ellipsis.
[[nodiscard]] std::string decimal(const RequantizeStep& step, int places = 12);
/// "-11.1": sign and magnitude, with the point where it lies.
[[nodiscard]] std::string binary(const RequantizeStep& step);

}  // namespace nputwin
