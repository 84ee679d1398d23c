#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "session/session.h"
#include "tensor/tensor.h"

namespace nputwin {

/// What the codes of a tensor can be.
struct Codes {
  CodeRange range{};
  /// Of a constant: the code of each element. Empty: any element can have any code of the range.
  std::vector<std::int32_t> constant;
  int tensor = -1;  ///< of the graph: two inputs of a node that are one have one code

  [[nodiscard]] static Codes of_type(DType type) { return {code_range(type), {}, -1}; }
  /// Of a constant, which has a code or more.
  [[nodiscard]] static Codes of_constant(const TensorView& values);
  [[nodiscard]] std::int64_t count() const { return std::int64_t{range.hi} - range.lo + 1; }
};

/// A type whose values are codes that Definition's functions take one by one.
[[nodiscard]] inline bool has_codes(DType type) { return is_8bit(type) || type == DType::kInt16; }

[[nodiscard]] inline CodeRange hull(CodeRange a, CodeRange b) { return {std::min(a.lo, b.lo), std::max(a.hi, b.hi)}; }

/// Whether both sides know a tensor's values before anything runs, and know the same: what they compute of constants
/// can differ.
[[nodiscard]] bool is_constant(const Session& a, const Session& b, std::size_t tensor);

/// Of each tensor of the main graph of two sessions of one model: all of its type, or a constant's that both have.
[[nodiscard]] std::vector<Codes> codes_of_tensors(const Session& a, const Session& b);

}  // namespace nputwin
