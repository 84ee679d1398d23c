// SHAPE: the input's shape as int32 or int64 values. Known before the model runs.

#include "ops/checks.h"

namespace nputwin::ops::shape {
namespace {

class ShapeKernel final : public ComparableKernel<ShapeKernel> {
 public:
  void run(const RunContext& context) const override {
    const Shape& shape = context.inputs[0].spec->shape;
    const MutableTensorView& out = context.outputs[0];
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (out.spec->type == DType::kInt32) {
        out.as<std::int32_t>()[d] = shape[d];
      } else {
        out.as<std::int64_t>()[d] = shape[d];
      }
    }
  }
  [[nodiscard]] static std::tuple<> parameters() { return {}; }
};

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 1, 1));
  return Shapes{{static_cast<std::int32_t>(node.input(0).shape.size())}};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kInt32, DType::kInt64}, "output"));
  return std::make_unique<ShapeKernel>();
}

}  // namespace

const OpDefinition& shape_op() {
  static constexpr OpDefinition kOp{"SHAPE",
                                    infer_shapes,
                                    prepare,
                                    Family::kMovement,
                                    Family::kMovement,
                                    /*needs_no_values=*/true};
  return kOp;
}

}  // namespace nputwin::ops::shape
