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
  CodeTableKernel(const Table& body, const Table& tail, std::int64_t block) : body_(body), tail_(tail), block_(block) {}

  void run(const RunContext& context) const override;
  [[nodiscard]] KernelForm form() const override { return {"code_table", "scalar", {}, {}}; }

 private:
  Table body_, tail_;
  std::int64_t block_ = 1;
};

/// What a code becomes; clipped to the output's type by whoever calls.
using CodeFunction = std::function<std::int64_t(std::int32_t)>;

/// The table of f, which gets and gives codes of those types; what it gives is clipped to the output's type.
[[nodiscard]] CodeTableKernel::Table code_table(DType input, DType output, const CodeFunction& f);

/// A kernel for f on codes of input 0, 8-bit by table, others element by element; clipped to the output's type.
[[nodiscard]] std::unique_ptr<Kernel> code_kernel(const NodeView& node, const CodeFunction& f);

/// output = f(input) for real f by the profile's table rule; see real_function_kernel.
struct RealFunction {
  std::function<float(float)> binary32;
  std::function<double(double)> binary64;

  /// A functor of fixed/real_functions.h.
  template <typename F>
  static RealFunction of(F f) {
    return {f, f};
  }
};

/// A kernel for a real function of codes: 8-bit codes by the profile's table rule, with f and its operations in
/// binary32 or binary64 as the rule says; int16 codes by TFLite's interpolated table; numbers by f in binary32.
[[nodiscard]] Result<std::unique_ptr<Kernel>> real_function_kernel(const PrepareContext& context,
                                                                   const RealFunction& f);

}  // namespace nputwin
