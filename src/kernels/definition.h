#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nputwin {

/// How each element of an output follows from codes: a function of one code, of two, or of an exact sum. Unlike
/// Kernel::run it can be asked for arguments that no input at hand gives. Two kernels of one node whose arguments are
/// the same and whose functions agree on every argument are equal for all inputs.
class Definition {
 public:
  enum class Of : std::uint8_t {
    kCode,  ///< one element of one input
    kPair,  ///< an element of each of two inputs
    kSum,   ///< an exact sum: see Sum
  };
  /// One element of one of the node's inputs.
  struct Place {
    std::size_t input = 0;
    std::int64_t element = 0;
    bool operator==(const Place&) const = default;
  };
  /// start + sum over terms of weight * code, the codes being those of one input, each of another element. With
  /// `other_input`: start + sum over terms of (code - zero) * (other code - other_zero); a term's weight is then where
  /// the other code stands.
  struct Sum {
    struct Term {
      std::int64_t element, weight;
      bool operator==(const Term&) const = default;
    };
    std::int64_t start = 0;
    std::size_t input = 0;
    std::vector<Term> terms;
    std::optional<std::size_t> other_input;
    std::int32_t zero = 0, other_zero = 0;

    bool operator==(const Sum&) const = default;
  };
  /// The element's value of its argument: a code, or a number (exactly, as binary64 holds every code and binary32
  /// number). kPair takes both, the others ignore `second`.
  using Function = std::function<double(std::int64_t argument, std::int64_t second)>;

  /// A function of two codes as one of a single number that is the sum, or the product, of a number for each of them.
  struct Parts {
    bool product = false;
    std::function<std::int64_t(std::int64_t code)> first, second;
    std::function<double(std::int64_t joined)> finish;
    std::int64_t lowest = INT64_MIN, highest = INT64_MAX;  ///< from where to where `finish` rises or stays
  };

  Definition() = default;
  Definition(const Definition&) = delete;
  Definition& operator=(const Definition&) = delete;
  virtual ~Definition() = default;

  [[nodiscard]] virtual Of of() const = 0;
  /// Elements of equal numbers have the same function.
  [[nodiscard]] virtual std::int64_t function_number(std::int64_t element) const = 0;
  /// kSum: elements of equal numbers have the same start and weights, on other codes.
  [[nodiscard]] virtual std::int64_t sum_number(std::int64_t /*element*/) const { return 0; }
  /// How many elements a row has: all that lie behind each other and are numbered as those of other rows are.
  [[nodiscard]] virtual std::int64_t row() const { return 1; }
  /// Elements of rows of equal numbers have, place by place, equal function_number and sum_number. As it stands it is
  /// for rows of one element and definitions without sum_number.
  [[nodiscard]] virtual std::int64_t row_number(std::int64_t row) const { return function_number(row); }
  /// kSum: elements of equal numbers that have one place along the output's last axis add up codes that lie a multiple
  /// of this apart, the i-th of one and the i-th of the other. 1: nothing is known.
  [[nodiscard]] virtual std::int64_t stride() const { return 1; }
  [[nodiscard]] virtual Function function(std::int64_t element) const = 0;
  /// kSum: by its construction the function rises with the sum or stays, from sum `lowest` to `highest`.
  [[nodiscard]] virtual bool rises(std::int64_t /*element*/, std::int64_t /*lowest*/, std::int64_t /*highest*/) const {
    return false;
  }
  /// kSum: about how many codes a sum of one more is worth; 0: not known. Only speed rests on it.
  [[nodiscard]] virtual double slope(std::int64_t /*element*/) const { return 0; }
  /// kPair: the function's parts, where it has such. Pairs of 16-bit codes are too many to try each.
  [[nodiscard]] virtual std::optional<Parts> parts(std::int64_t /*element*/) const { return std::nullopt; }
  /// kCode: one; kPair: two.
  [[nodiscard]] virtual std::vector<Place> places(std::int64_t /*element*/) const { return {}; }
  [[nodiscard]] virtual Sum sum(std::int64_t /*element*/) const { return {}; }
};

/// A number that a kernel makes on its way to its outputs, as a function of one exact number.
struct InnerStep {
  std::string name;
  std::int64_t lowest = 0, highest = 0;  ///< no argument is beyond these
  bool rises = false;                    ///< by its construction the function rises or stays between them
  double slope = 0;                      ///< Definition::slope
  std::function<std::int64_t(std::int64_t argument)> value;
};

}  // namespace nputwin
