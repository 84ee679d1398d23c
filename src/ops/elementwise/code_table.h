#pragma once

#include <array>
#include <functional>

#include "fixed/traced.h"
#include "kernels/lookup/lookup.h"
#include "ops/op.h"
#include "tensor/code_types.h"

namespace nputwin {

/// What a code becomes; clipped to the output's type by whoever calls. Written once, for plain and for traced numbers:
/// a lambda of `auto`.
struct CodeFunction {
  template <typename F>
  requires(!std::is_same_v<F, CodeFunction>) CodeFunction(const F& f) : run(f), traced(f) {}

  [[nodiscard]] std::int64_t operator()(std::int32_t code) const { return run(code); }

  std::function<std::int64_t(std::int32_t)> run;
  std::function<Traced<std::int64_t>(const Traced<std::int32_t>&)> traced;
};

/// Explains one element of a kernel that computes f of input `k`'s element `from`.
void explain_code(const CodeFunction& f, const RunContext& context, std::size_t k, std::int64_t from, CodeRange range,
                  Trace& trace);

/// A definition of elements that are each `body` of input 0's code, or `tail` from element `tail_from` on.
using ValueOfCode = std::function<double(std::int32_t code)>;
[[nodiscard]] std::unique_ptr<Definition> code_definition(ValueOfCode body, ValueOfCode tail, std::int64_t tail_from);
[[nodiscard]] inline std::unique_ptr<Definition> code_definition(const ValueOfCode& all) {
  return code_definition(all, all, INT64_MAX);
}

/// A kernel for element-wise 8-bit ops: one output code for each of the 256 input codes.
class CodeTableKernel final : public ComparableKernel<CodeTableKernel> {
 public:
  using Table = std::array<std::uint8_t, 256>;  // indexed by the input's bits; the output's bits

  /// f gets and gives codes of those types; what it gives is clipped to the output's.
  CodeTableKernel(DType input, DType output, const CodeFunction& f, const Isa& isa)
      : CodeTableKernel(input, output, f, f, 1, isa) {}
  /// The last size mod `block` elements take `tail` instead: runtimes whose vector code rounds by another
  /// rule.
  CodeTableKernel(DType input, DType output, CodeFunction body, CodeFunction tail, std::int64_t block, const Isa& isa);

  void run(const RunContext& context) const override;
  bool explain(const RunContext& context, std::size_t output, std::int64_t element, Trace& trace) const override;
  [[nodiscard]] std::unique_ptr<Definition> definition(const RunContext& context) const override;
  [[nodiscard]] auto parameters() const { return std::tie(body_, tail_, block_); }
  [[nodiscard]] KernelForm form() const override;

 private:
  /// Where the tail of so many elements begins.
  [[nodiscard]] std::int64_t tail_from(std::int64_t elements) const { return elements - elements % block_; }

  Isa isa_;
  LookupKernels kernels_;
  Table body_, tail_;
  std::optional<ClampForm> clamp_;  // of body_
  CodeFunction body_function_, tail_function_;
  std::int64_t block_;
};

/// The table of f, which gets and gives codes of those types; what it gives is clipped to the output's type.
[[nodiscard]] CodeTableKernel::Table code_table(DType input, DType output, const CodeFunction& f);

/// A kernel for f on codes of input 0, 8-bit by table, others element by element; clipped to the output's type.
[[nodiscard]] std::unique_ptr<Kernel> code_kernel(const PrepareContext& context, const CodeFunction& f);

/// output = f(input) for real f by the profile's table rule; see real_function_kernel.
struct RealFunction {
  /// A functor as those of fixed/real_functions.h: of binary32 and binary64 numbers, plain and traced.
  template <typename F>
  static RealFunction of(F f) {
    return {f, f, f, f};
  }
  std::function<float(float)> binary32;
  std::function<double(double)> binary64;
  std::function<Traced<float>(const Traced<float>&)> traced32;
  std::function<Traced<double>(const Traced<double>&)> traced64;

  [[nodiscard]] float operator()(float x) const { return binary32(x); }
  [[nodiscard]] double operator()(double x) const { return binary64(x); }
  [[nodiscard]] Traced<float> operator()(const Traced<float>& x) const { return traced32(x); }
  [[nodiscard]] Traced<double> operator()(const Traced<double>& x) const { return traced64(x); }
};

/// A kernel for a real function of codes: 8-bit codes by the profile's table rule, with f and its operations in
/// binary32 or binary64 as the rule says; int16 codes by TFLite's interpolated table; numbers by f in binary32.
[[nodiscard]] Result<std::unique_ptr<Kernel>> real_function_kernel(const PrepareContext& context,
                                                                   const RealFunction& f);

}  // namespace nputwin
