#pragma once

#include <array>
#include <functional>

#include "ops/op.h"

namespace nputwin {

/// A kernel for element-wise 8-bit ops: one output code for each of the 256 input codes.
class CodeTableKernel final : public Kernel {
 public:
  using Table = std::array<std::uint8_t, 256>;  // indexed by the input's bits; the output's bits

  explicit CodeTableKernel(const Table& table) : body_(table), tail_(table) {}
  /// The last size mod `block` elements take `tail` instead: runtimes whose vector code rounds by another
  /// rule.
  CodeTableKernel(const Table& body, const Table& tail, std::int64_t block)
      : body_(body), tail_(tail), block_(block) {}

  void run(const RunContext& context) const override;

 private:
  Table body_, tail_;
  std::int64_t block_ = 1;
};

/// The table of f, which gets and gives codes of those types; what it gives is clipped to the output's type.
[[nodiscard]] CodeTableKernel::Table code_table(DType input, DType output,
                                                const std::function<std::int64_t(std::int32_t)>& f);

/// The table of output = f(input) for real f by the profile's table rule, with f and its operations in
/// binary32 or binary64 as the rule says. `f` is evaluated in binary64 and rounded to binary32 where the rule
/// works in that, so that no platform's libm shows.
[[nodiscard]] CodeTableKernel::Table real_function_table(const Profile& profile, const TensorSpec& input,
                                                         const TensorSpec& output,
                                                         const std::function<double(double)>& f);

}  // namespace nputwin
