// FILL: a tensor of the shape of input 0, every element the single value of input 1.

#include <cstring>

#include "ops/checks.h"

namespace nputwin::ops::fill {
namespace {

class Fill final : public ComparableKernel<Fill> {
 public:
  void run(const RunContext& context) const override {
    const auto value = context.inputs[1].bytes, out = Bytes(context.outputs[0].bytes);
    for (std::size_t i = 0; i + value.size() <= out.size(); i += value.size())
      std::memcpy(context.outputs[0].bytes.data() + i, value.data(), value.size());
  }
  [[nodiscard]] static std::tuple<> parameters() { return {}; }
};

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(auto shape, constant_integers(node, 0, "shape"));
  for (const auto d : shape) {
    if (d < 0) return error("shape {} has a negative dimension", to_string(shape));
  }
  return Shapes{std::move(shape)};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 1));
  if (context.input(1).elements() != 1)
    return error("value '{}' has {} elements, expected one", context.input(1).name, context.input(1).elements());
  return std::make_unique<Fill>();
}

}  // namespace

const OpDefinition& fill_op() {
  static constexpr OpDefinition kOp{"FILL", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::fill
