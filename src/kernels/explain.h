#pragma once

#include <string>
#include <vector>

#include "fixed/traced.h"
#include "kernels/kernel.h"
#include "tensor/code_types.h"

namespace nputwin {

// What kernels that explain an element (Kernel::explain) have in common.

/// The element of input `k` that counts, as the Python variable `name`; int8, uint8 and int16 codes widened to int32.
template <typename T>
[[nodiscard]] auto explained_input(const RunContext& context, std::size_t k, std::int64_t element, const char* name,
                                   Trace& trace) {
  using Wider = decltype(T{} * T{});
  const T value = context.inputs[k].as<T>()[static_cast<std::size_t>(element)];
  trace.add_input({k, element, static_cast<double>(value)});
  trace.line(std::string(name) + " = " + python_constant(value),
             context.inputs[k].spec->type == DType::kFloat32 ? "" : "the input's quantized value");
  return Traced<Wider>(&trace, value, name);
}

/// Values that count, as the Python list `name`.
template <typename T>
void explained_list(const char* name, const std::vector<T>& values, Trace& trace, const char* comment = "") {
  std::string text = std::string(name) + " = [";
  for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : ", ") + python_constant(values[i]);
  trace.line(text + "]", comment);
}

/// The elements of input 0 that count, as the Python list `q`; their values.
template <typename Codes>
auto explained_elements(const Codes& codes, const std::vector<std::int64_t>& elements, Trace& trace) {
  using Wider = std::decay_t<decltype(codes[0] * codes[0])>;
  std::vector<Wider> values;
  for (const std::int64_t e : elements) {
    values.push_back(codes[static_cast<std::size_t>(e)]);
    trace.add_input({0, e, static_cast<double>(values.back())});
  }
  explained_list("q", values, trace, "the input's values");
  return values;
}

/// The sum of such a list `q`, one after the other in T: integers wrap, binary32 numbers are rounded each time.
template <PlainNumber T, typename V>
Traced<T> explained_sum(const std::vector<V>& values, Trace& trace) {
  T sum{0};
  for (const V value : values) sum = sum_of(sum, T{value});
  if constexpr (std::is_integral_v<T>) {
    return noted("sum", Traced<T>(&trace, sum, "wrapped(sum(q), " + std::to_string(8 * sizeof(T)) + ")"));
  } else {
    return noted("sum, binary32 by binary32",
                 Traced<T>(&trace, sum, "functools.reduce(lambda s, x: f32(s + x), q, 0.0)"));
  }
}

/// Python for the sum of `start` and the squares of that list, one after the other in binary32.
[[nodiscard]] inline std::string python_squares(const std::string& list, bool fused, const std::string& start = "0.0") {
  return std::string("functools.reduce(lambda s, x: ") + (fused ? "fma32(x, x, s)" : "f32(s + f32(x * x))") + ", " +
         list + ", " + start + ")";
}

/// A sum of products of two such lists and a bias, which the kernel has computed.
inline Traced<std::int64_t> explained_dot(std::int64_t value, const char* x, const char* w, std::int64_t bias,
                                          Trace& trace) {
  std::string text = "sum(a * b for a, b in zip(" + std::string(x) + ", " + w + "))";
  if (bias != 0) text += " + " + std::to_string(bias);
  return {&trace, value, std::move(text), bias == 0};
}

/// The last step of an op on codes.
inline void explained_code(const Traced<std::int64_t>& code, CodeRange range, Trace& trace) {
  trace.set_result(
      noted("clamped to " + std::to_string(range.lo) + ".." + std::to_string(range.hi) + ": the quantized value",
            Traced<std::int64_t>(&trace, clamped<std::int64_t>(code.value(), range.lo, range.hi),
                                 clamped<std::int64_t>(code, range.lo, range.hi).python()))
          .python());
}
/// And of one that gives numbers.
template <PlainNumber T>
void explained_number(const Traced<T>& value, Trace& trace) {
  trace.set_result(noted("the value", Traced<T>(&trace, value.value(), value.python(), value.atom())).python());
}

}  // namespace nputwin
