#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nputwin {

__extension__ using Int128 = __int128;

/// A value on the way from inputs to a code, exact: digits / 2^fraction_bits.
struct TraceStep {
  std::string what;
  Int128 digits;
  int fraction_bits;
};

/// What one output element went through, in order, for people who ask why it is what it is: each value on the way, and
/// the same as lines of Python. Asking costs nothing to those who do not: rules take a null pointer, the definitions of
/// ops run on plain numbers (traced.h).
class Trace {
 public:
  /// An element of a node's input that counts.
  struct Input {
    std::size_t input;     ///< which of the node's
    std::int64_t element;  ///< flat index
    double value;          ///< its code or number
  };

  void add(std::string what, Int128 digits, int fraction_bits = 0) {
    steps_.push_back({std::move(what), digits, fraction_bits});
  }
  /// Exact up to 2^125.
  void add_real(std::string what, double value);
  [[nodiscard]] const std::vector<TraceStep>& steps() const { return steps_; }

  void add_input(Input input) { inputs_.push_back(input); }
  [[nodiscard]] const std::vector<Input>& inputs() const { return inputs_; }

  /// A line of Python; `comment` says what it computes.
  void line(std::string_view text, std::string_view comment = {});
  /// The line that gives a new variable that value; the variable's name.
  std::string assign(std::string_view expression, std::string_view comment = {});
  /// Whether assign has given this name.
  [[nodiscard]] bool is_variable(std::string_view name) const;
  /// What the lines leave in that variable or expression is the result.
  void set_result(std::string expression) { result_ = std::move(expression); }

  /// A program that prints the result: the functions that the lines call, and the lines. Empty without a result.
  [[nodiscard]] std::string python() const;

 private:
  std::vector<TraceStep> steps_;
  std::vector<Input> inputs_;
  std::vector<std::string> lines_;
  std::string result_;
  int variables_ = 0;
};

/// "-3.5", all digits up to `places` behind the point; a value that needs more ends with an ellipsis.
[[nodiscard]] std::string decimal(const TraceStep& step, int places = 12);
/// "-11.1": sign and magnitude, with the point where it lies.
[[nodiscard]] std::string binary(const TraceStep& step);

}  // namespace nputwin
