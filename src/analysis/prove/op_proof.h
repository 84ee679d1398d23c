#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/prove/codes.h"
#include "base/enum_names.h"
#include "base/result.h"
#include "kernels/kernel.h"

namespace nputwin {

enum class ProofVerdict : std::uint8_t {
  kEqual,    ///< for all inputs
  kDiffers,  ///< an input shows it
  kOpen,     ///< neither is shown
};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<ProofVerdict> = {"equal", "differs", "open"};

/// What a verdict rests on.
enum class ProofBy : std::uint8_t {
  kSameRule,  ///< both sides have the same method and parameters
  kSums,      ///< the codes of all exact sums that can be
  kCodes,     ///< the values of all codes that can be
  kPairs,     ///< the values of all pairs of codes that can be
  kSteps,     ///< the arguments that each of its inner steps can have
  kSearch,    ///< inputs that were tried
};
template <>
inline constexpr std::array<std::string_view, 6> kEnumNames<ProofBy> = {"same_rule", "sums",  "codes",
                                                                        "pairs",     "steps", "search"};

/// Of the elements of output 0, each as a function of what can come in.
[[nodiscard]] constexpr bool is_by_values(ProofBy by) {
  return by == ProofBy::kSums || by == ProofBy::kCodes || by == ProofBy::kPairs;
}

/// Codes of one op's inputs by which the two sides' outputs differ.
struct CounterExample {
  std::int64_t element = 0;               ///< of output 0
  std::int64_t argument = 0, second = 0;  ///< its sum or its code or codes; of a search nothing
  double a = 0, b = 0;                    ///< what it becomes
  /// The codes that matter, and where they stand: all others may be anything.
  struct Code {
    Definition::Place place;
    std::int32_t code = 0;
  };
  std::vector<Code> codes;
};

/// The sums that one function of an op can get.
struct ProvenSums {
  std::int64_t element = 0;              ///< the first that the function makes
  std::int64_t lowest = 0, highest = 0;  ///< over all its elements
  std::int64_t step = 1;                 ///< divides the distance of any two sums of one element
  std::int64_t ahead = 0;                ///< B's sum is A's and that
  std::int64_t differing = 0;            ///< of them: whose values differ
};

/// What follows from two kernels of one node.
struct OpProof {
  ProofVerdict verdict = ProofVerdict::kOpen;
  ProofBy by = ProofBy::kSearch;
  std::string why;             ///< of what is open
  std::int64_t arguments = 0;  ///< sums, codes or pairs that can be, added up over the functions (channels) of the op
  std::int64_t differing = 0;  ///< of these, whose values differ
  bool at_most = false;        ///< `differing` counts some that may not be possible
  double largest = 0;          ///< distance of the two sides' codes, or numbers, that an input shows
  double bound = 0;            ///< no distance is larger; more than `largest` where not all is known to be possible
  std::optional<CounterExample> example;
  std::vector<ProvenSums> channels;  ///< kSums: one for each function
  std::optional<CodeRange> codes;    ///< what output 0 can be on either side, where that is known
};

/// Compares what two kernels of a node give for all codes that its inputs can have. `inputs`: one for each of the
/// node's. The contexts are what definition() takes, of either kernel. An example has not been run. `quick`: ends soon
/// after the first difference; numbers and codes are then those of a part.
[[nodiscard]] OpProof prove_op(const Kernel& a, const Kernel& b, const RunContext& context_a,
                               const RunContext& context_b, std::span<const Codes> inputs, bool quick = false);

}  // namespace nputwin
