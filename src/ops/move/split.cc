// SPLIT: input 1 in equal parts along the axis that input 0 names. SPLIT_V: input 0 in parts of the sizes of input 1
// (one -1: the rest) along the axis of input 2.

#include <numeric>

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"

namespace nputwin::ops::split {
namespace {

struct Split {
  std::size_t input, axis;
  std::vector<std::int32_t> sizes;  // one an output
};

Result<std::size_t> axis_of(const NodeView& node, std::size_t input, std::size_t axis_input) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto axis, constant_integers(node, axis_input, "axis"));
  if (axis.size() != 1) return error("axis '{}' has {} values, expected one", node.input(axis_input).name, axis.size());
  NPUTWIN_ASSIGN_OR_RETURN(const int at, normalized_axis(axis[0], node.input(input).shape.size()));
  return static_cast<std::size_t>(at);
}

Status check_parts(const NodeView& node) {
  const auto parts = static_cast<std::int64_t>(node.outputs.size());
  if (parts >= 1 && node.attributes->integer("num_splits") == parts) return {};
  return error("num_splits is {}, but the op has {} outputs", node.attributes->integer("num_splits"), parts);
}

Result<Split> equal_parts(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2, node.outputs.size()));
  NPUTWIN_RETURN_IF_ERROR(check_parts(node));
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t axis, axis_of(node, 1, 0));
  const auto parts = static_cast<std::int32_t>(node.outputs.size());
  const Shape& in = node.input(1).shape;
  if (in[axis] % parts != 0)
    return error("dimension {} of {} does not split into {} equal parts", axis, to_string(in), parts);
  return Split{1, axis, std::vector<std::int32_t>(node.outputs.size(), in[axis] / parts)};
}

Result<Split> given_sizes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 3, 3, node.outputs.size()));
  NPUTWIN_RETURN_IF_ERROR(check_parts(node));
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t axis, axis_of(node, 0, 2));
  NPUTWIN_ASSIGN_OR_RETURN(auto sizes, constant_integers(node, 1, "sizes"));
  const std::int32_t whole = node.input(0).shape[axis];
  const auto open = std::find(sizes.begin(), sizes.end(), -1);
  std::int64_t sum = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  if (open != sizes.end() && sum + 1 <= whole) {
    *open = static_cast<std::int32_t>(whole - (sum + 1));
    sum = whole;
  }
  if (sizes.size() != node.outputs.size() || sum != whole ||
      std::any_of(sizes.begin(), sizes.end(), [](std::int32_t s) { return s < 0; })) {
    return error("sizes {} do not split dimension {} of {} among {} outputs", to_string(sizes), axis,
                 to_string(node.input(0).shape), node.outputs.size());
  }
  return Split{0, axis, std::move(sizes)};
}

template <Result<Split> (*split_of)(const NodeView&)>
Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const Split split, split_of(node));
  Shapes shapes(node.outputs.size(), node.input(split.input).shape);
  for (std::size_t i = 0; i < shapes.size(); ++i) shapes[i][split.axis] = split.sizes[i];
  return shapes;
}

template <Result<Split> (*split_of)(const NodeView&)>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(const Split split, split_of(context));
  const TensorSpec& in = context.input(split.input);
  const auto from = dense_strides(in.shape);
  std::vector<CopyKernel::Part> parts;
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < context.outputs.size(); ++i) {
    NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, split.input, i));
    const Shape& out = context.output(i).shape;
    parts.push_back({split.input, i, NdCopy(out, from, dense_strides(out), offset, 0, size_of(in.type))});
    offset += split.sizes[i] * from[split.axis];
  }
  return std::make_unique<CopyKernel>(std::move(parts));
}

}  // namespace

const OpDefinition& split_op() {
  static constexpr OpDefinition kOp{"SPLIT", infer_shapes<equal_parts>, prepare<equal_parts>, Family::kMovement};
  return kOp;
}
const OpDefinition& split_v_op() {
  static constexpr OpDefinition kOp{"SPLIT_V", infer_shapes<given_sizes>, prepare<given_sizes>, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::split
