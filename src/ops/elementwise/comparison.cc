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
template <typename T>
using Comparison = bool (*)(T, T);

template <typename T>
std::unique_ptr<Kernel> codes(const PrepareContext& node, Comparison<std::int32_t> compare) {
  const auto scaled = [multiply = node.multiply()](const TensorSpec& in) {
    return [multiply, zero = in.zero_point(), m = quantize_multiplier(static_cast<double>(in.scale()))](T code) {
      return multiply((code - zero) * 256, m);
    };
  };
  return binary_kernel<T, T, bool>(
      node, [compare, a = scaled(node.input(0)), b = scaled(node.input(1))](T x, T y) { return compare(a(x), b(y)); });
}

template <typename T>
std::unique_ptr<Kernel> values(const NodeView& node, Comparison<T> compare) {
  return binary_kernel<T, T, bool>(node, compare);
}

template <typename T, typename Compare>
bool holds(T a, T b) {
  return Compare{}(a, b);
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
      return values<float>(context, holds<float, Compare>);
    case DType::kInt32:
      return values<std::int32_t>(context, holds<std::int32_t, Compare>);
    case DType::kInt64:
      return values<std::int64_t>(context, holds<std::int64_t, Compare>);
    case DType::kBool:
      return values<bool>(context, holds<bool, Compare>);
    case DType::kInt16:
      if (in.quantization.empty() || !kEquality<Compare>)
        return values<std::int16_t>(context, holds<std::int16_t, Compare>);
      return codes<std::int16_t>(context, holds<std::int32_t, Compare>);
    case DType::kUInt8:
      return codes<std::uint8_t>(context, holds<std::int32_t, Compare>);
    case DType::kInt8:
      break;
  }
  return codes<std::int8_t>(context, holds<std::int32_t, Compare>);
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
