// LOGICAL_AND, LOGICAL_OR, LOGICAL_NOT.

#include <functional>

#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"
#include "ops/elementwise/unary_kernel.h"

namespace nputwin::ops::logical {
namespace {

bool opposite(bool a) { return !a; }
Traced<bool> opposite(const Traced<int>& a) { return {a.trace(), a.value() == 0, "int(not " + a.python() + ")"}; }

template <typename Operation>
bool both(bool a, bool b) {
  return Operation{}(a, b);
}
template <typename Operation>
Traced<bool> both(const Traced<int>& a, const Traced<int>& b) {
  constexpr bool kAnd = std::is_same_v<Operation, std::logical_and<>>;
  return {a.trace(), Operation{}(a.value(), b.value()),
          "int(" + a.python() + (kAnd ? " & " : " | ") + b.python() + ")"};
}

template <typename Operation>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  for (const auto& in : context.inputs) NPUTWIN_RETURN_IF_ERROR(check_type(*in.spec, {DType::kBool}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kBool}, "output"));
  if constexpr (std::is_same_v<Operation, std::logical_not<>>) {
    return unary_kernel<bool, bool>([](const auto& a) { return opposite(a); });
  } else {
    return binary_kernel<bool, bool, bool>(context, [](const auto& a, const auto& b) { return both<Operation>(a, b); });
  }
}

}  // namespace

const OpDefinition& logical_and_op() {
  static constexpr OpDefinition kOp{"LOGICAL_AND", broadcast_shapes, prepare<std::logical_and<>>, Family::kMovement};
  return kOp;
}
const OpDefinition& logical_or_op() {
  static constexpr OpDefinition kOp{"LOGICAL_OR", broadcast_shapes, prepare<std::logical_or<>>, Family::kMovement};
  return kOp;
}
const OpDefinition& logical_not_op() {
  static constexpr OpDefinition kOp{"LOGICAL_NOT", unary_shapes, prepare<std::logical_not<>>, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::logical
