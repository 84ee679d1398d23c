#pragma once

#include <optional>
#include <span>
#include <string>

#include "kernels/definition.h"
#include "tensor/dtype.h"

namespace nputwin {

/// What follows from two functions of pairs of codes by their parts.
struct PartsProof {
  std::string open;               ///< why nothing is said; empty: something is
  std::int64_t differing = 0;     ///< pairs whose values differ
  bool at_most = false;           ///< some that `differing` counts may not differ
  double largest = 0, bound = 0;  ///< as in OpProof
  struct Example {
    std::int32_t first, second;  ///< codes
    double a, b;
  };
  std::optional<Example> example;
  CodeRange codes{};  ///< what the values can be
};

/// `first`, `second`: the codes that the two arguments can have, each once. By thresholds of what becomes of the joined
/// numbers; up to `tried` pairs whose numbers are equally far apart on the two sides are tried each.
[[nodiscard]] PartsProof prove_parts(const Definition::Parts& a, const Definition::Parts& b,
                                     std::span<const std::int32_t> first, std::span<const std::int32_t> second,
                                     std::int64_t tried = std::int64_t{1} << 24);

}  // namespace nputwin
