// EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL. Codes are brought to a common scale first:
// MBQM((q - z) * 2^8, s), half away from zero; other values are compared as they are, and so are int16 codes as to
// their order.
// Source: TFLite comparisons.cc, reference/comparisons.h.

#include <functional>

#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"

namespace nputwin::ops::comparison {
namespace {

/// The kernels call a comparison by its address: six comparisons of each type share one.
template <typename Compare>
constexpr const char* kSymbol = "";
template <>
constexpr const char* kSymbol<std::equal_to<>> = " == ";
template <>
constexpr const char* kSymbol<std::not_equal_to<>> = " != ";
template <>
constexpr const char* kSymbol<std::less<>> = " < ";
template <>
constexpr const char* kSymbol<std::less_equal<>> = " <= ";
template <>
constexpr const char* kSymbol<std::greater<>> = " > ";
template <>
constexpr const char* kSymbol<std::greater_equal<>> = " >= ";

template <typename Compare, PlainNumber T>
bool holds(T a, T b) {
  return Compare{}(a, b);
}
template <typename Compare, PlainNumber T>
Traced<bool> holds(const Traced<T>& a, const Traced<T>& b) {
  return {a.trace(), Compare{}(a.value(), b.value()), "int(" + a.python() + kSymbol<Compare> + b.python() + ")"};
}

/// What is compared of an input's codes.
struct Scaled {
  FixedPointMultiply multiply;
  std::int32_t zero;
  QuantizedMultiplier m;
  bool operator==(const Scaled&) const = default;

  Scaled(const PrepareContext& context, std::size_t input)
      : multiply(context.multiply()),
        zero(context.input(input).zero_point()),
        m(quantize_multiplier(static_cast<double>(context.input(input).scale()))) {}
  auto operator()(const auto& code) const { return multiply((code - zero) * 256, m); }
};

template <typename Compare>
struct HoldsOfCodes {
  Scaled a, b;
  bool operator==(const HoldsOfCodes&) const = default;
  auto operator()(const auto& x, const auto& y) const { return holds<Compare>(a(x), b(y)); }
};

template <typename T, typename Compare>
std::unique_ptr<Kernel> codes(const PrepareContext& node) {
  return binary_kernel<T, T, bool>(node, HoldsOfCodes<Compare>{Scaled(node, 0), Scaled(node, 1)});
}

template <typename T, typename Compare>
std::unique_ptr<Kernel> values(const NodeView& node) {
  return binary_kernel<T, T, bool>(node, [](const auto& a, const auto& b) { return holds<Compare>(a, b); });
}

template <typename Compare>
constexpr bool kEquality = std::is_same_v<Compare, std::equal_to<>> || std::is_same_v<Compare, std::not_equal_to<>>;

template <typename Compare>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(1), {in.type}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kBool}, "output"));
  if (is_8bit(in.type) || (in.type == DType::kInt16 && !in.quantization.empty())) {
    NPUTWIN_RETURN_IF_ERROR(check_per_tensor(in, "input"));
    NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context.input(1), "input"));
  }
  switch (in.type) {
    case DType::kFloat32:
      return values<float, Compare>(context);
    case DType::kInt32:
      return values<std::int32_t, Compare>(context);
    case DType::kInt64:
      return values<std::int64_t, Compare>(context);
    case DType::kBool:
      return values<bool, Compare>(context);
    case DType::kInt16:
      if (in.quantization.empty() || !kEquality<Compare>) return values<std::int16_t, Compare>(context);
      return codes<std::int16_t, Compare>(context);
    case DType::kUInt8:
      return codes<std::uint8_t, Compare>(context);
    case DType::kInt8:
      break;
  }
  return codes<std::int8_t, Compare>(context);
}

}  // namespace

const OpDefinition& equal_op() {
  static constexpr OpDefinition kOp{"EQUAL", broadcast_shapes, prepare<std::equal_to<>>, Family::kComparison};
  return kOp;
}
const OpDefinition& not_equal_op() {
  static constexpr OpDefinition kOp{"NOT_EQUAL", broadcast_shapes, prepare<std::not_equal_to<>>, Family::kComparison};
  return kOp;
}
const OpDefinition& less_op() {
  static constexpr OpDefinition kOp{"LESS", broadcast_shapes, prepare<std::less<>>, Family::kComparison};
  return kOp;
}
const OpDefinition& less_equal_op() {
  static constexpr OpDefinition kOp{"LESS_EQUAL", broadcast_shapes, prepare<std::less_equal<>>, Family::kComparison};
  return kOp;
}
const OpDefinition& greater_op() {
  static constexpr OpDefinition kOp{"GREATER", broadcast_shapes, prepare<std::greater<>>, Family::kComparison};
  return kOp;
}
const OpDefinition& greater_equal_op() {
  static constexpr OpDefinition kOp{"GREATER_EQUAL", broadcast_shapes, prepare<std::greater_equal<>>,
                                    Family::kComparison};
  return kOp;
}

}  // namespace nputwin::ops::comparison
