#pragma once

#include <map>

#include "analysis/prove/op_proof.h"

namespace nputwin {

/// What follows from the functions of sums that make the elements of one channel.
struct SumProof {
  std::string open;  ///< why nothing is said; empty: something is
  ProvenSums of_function;
  std::int64_t sums = 0;  ///< how many there are at most
  bool at_most = false;
  double largest = 0, bound = 0;  ///< as in OpProof
  std::optional<CounterExample> example;
  CodeRange codes{};
};

/// `element`: one of those that the function makes on either side; `by_sum`: an element for each sum number.
[[nodiscard]] SumProof prove_sums(const Definition& a, const Definition& b, std::int64_t element,
                                  const std::map<std::int64_t, std::int64_t>& by_sum, std::span<const Codes> inputs);

}  // namespace nputwin
