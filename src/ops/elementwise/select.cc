// SELECT, SELECT_V2: for each element input 1 where the condition of input 0 holds, else input 2. SELECT_V2 broadcasts
// all three; SELECT takes equal shapes, or a condition of one dimension that chooses whole slices, or a single one.

#include <cstring>

#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"

namespace nputwin::ops::select {
namespace {

class Select final : public ComparableKernel<Select> {
 public:
  Select(const Shape& out, const Shape& condition, const Shape& yes, const Shape& no, std::size_t bytes)
      : extents_(out), bytes_(bytes) {
    for (const Shape* shape : {&condition, &yes, &no}) {
      std::vector<std::int64_t> strides(out.size(), 0);
      std::int64_t step = 1;
      for (std::size_t d = shape->size(); d-- > 0; step *= (*shape)[d])
        strides[out.size() - shape->size() + d] = (*shape)[d] == 1 ? 0 : step;
      strides_.push_back(std::move(strides));
    }
  }

  void run(const RunContext& context) const override {
    std::byte* out = context.outputs[0].bytes.data();
    const std::int64_t count = context.outputs[0].spec->elements();
    for (std::int64_t i = 0; i < count; ++i) {
      std::int64_t at[3] = {0, 0, 0};
      std::int64_t rest = i;
      for (std::size_t d = extents_.size(); d-- > 0; rest /= extents_[d]) {
        for (std::size_t k = 0; k < 3; ++k) at[k] += rest % extents_[d] * strides_[k][d];
      }
      const std::size_t chosen = context.inputs[0].bytes[static_cast<std::size_t>(at[0])] != std::byte{0} ? 1 : 2;
      std::memcpy(out + static_cast<std::size_t>(i) * bytes_,
                  context.inputs[chosen].bytes.data() + static_cast<std::size_t>(at[chosen]) * bytes_, bytes_);
    }
  }
  [[nodiscard]] bool only_moves() const override { return true; }
  [[nodiscard]] auto parameters() const { return std::tie(extents_, strides_, bytes_); }

 private:
  Shape extents_;
  std::vector<std::vector<std::int64_t>> strides_;  // of condition, yes, no; 0 where broadcast
  std::size_t bytes_;
};

/// SELECT's condition as it broadcasts: one dimension chooses along the first of the values'.
Result<Shape> condition_shape(const NodeView& node) {
  const Shape &condition = node.input(0).shape, &values = node.input(1).shape;
  if (condition == values || condition.empty() || condition == Shape{1}) return condition;
  if (condition.size() == 1 && !values.empty() && condition[0] == values[0]) {
    Shape shape(values.size(), 1);
    shape[0] = condition[0];
    return shape;
  }
  return error("condition {} does not fit values {}", to_string(condition), to_string(values));
}

Result<Shapes> select_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 3, 3));
  if (node.input(1).shape != node.input(2).shape)
    return error("values {} and {} differ in shape", to_string(node.input(1).shape), to_string(node.input(2).shape));
  NPUTWIN_RETURN_IF_ERROR(condition_shape(node));
  return Shapes{node.input(1).shape};
}

Result<Shapes> select_v2_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 3, 3));
  NPUTWIN_ASSIGN_OR_RETURN(const Shape values, broadcast_shape(node.input(1).shape, node.input(2).shape));
  NPUTWIN_ASSIGN_OR_RETURN(Shape out, broadcast_shape(node.input(0).shape, values));
  return Shapes{std::move(out)};
}

template <bool v2>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kBool}, "condition"));
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 1));
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 2));
  Shape condition = context.input(0).shape;
  if (!v2) {
    NPUTWIN_ASSIGN_OR_RETURN(condition, condition_shape(context));
  }
  return std::make_unique<Select>(context.output().shape, condition, context.input(1).shape, context.input(2).shape,
                                  size_of(context.output().type));
}

}  // namespace

const OpDefinition& select_op() {
  static constexpr OpDefinition kOp{"SELECT", select_shapes, prepare<false>, Family::kMovement};
  return kOp;
}
const OpDefinition& select_v2_op() {
  static constexpr OpDefinition kOp{"SELECT_V2", select_v2_shapes, prepare<true>, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::select
