// MAXIMUM and MINIMUM of the stored values, whatever they stand for: TFLite compares codes, and its converter gives
// both inputs and the output one quantization. Source: TFLite maximum_minimum.cc.

#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"

namespace nputwin::ops::maximum {
namespace {

template <bool largest, typename T>
std::unique_ptr<Kernel> values(const NodeView& node) {
  return binary_kernel<T, T, T>(
      node, [](const auto& a, const auto& b) { return largest ? (a > b ? a : b) : (a < b ? a : b); });
}

template <bool largest>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 0));
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 1));
  switch (context.output().type) {
    case DType::kFloat32:
      return values<largest, float>(context);
    case DType::kInt32:
      return values<largest, std::int32_t>(context);
    case DType::kInt64:
      return values<largest, std::int64_t>(context);
    case DType::kInt16:
      return values<largest, std::int16_t>(context);
    case DType::kUInt8:
      return values<largest, std::uint8_t>(context);
    case DType::kInt8:
      return values<largest, std::int8_t>(context);
    case DType::kBool:
      break;
  }
  return error("bool values have no order, expected numbers");
}

}  // namespace

const OpDefinition& maximum_op() {
  static constexpr OpDefinition kOp{"MAXIMUM", broadcast_shapes, prepare<true>, Family::kMovement};
  return kOp;
}
const OpDefinition& minimum_op() {
  static constexpr OpDefinition kOp{"MINIMUM", broadcast_shapes, prepare<false>, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::maximum
