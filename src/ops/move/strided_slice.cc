// STRIDED_SLICE: in[begin:end:stride] in each dimension, with TensorFlow's masks: a bit in begin_mask or end_mask takes
// that end whole, one in shrink_axis_mask takes the single element `begin` and drops the dimension.
// Not supported: ellipsis and new-axis masks.

#include <algorithm>

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"

namespace nputwin::ops::strided_slice {
namespace {

struct Slice {
  Shape extents;  // one for each input dimension
  std::vector<std::int64_t> first, step;
  std::vector<bool> dropped;
};

Result<Slice> slice_of(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto begin, constant_integers(node, 1, "begin"));
  NPUTWIN_ASSIGN_OR_RETURN(const auto end, constant_integers(node, 2, "end"));
  NPUTWIN_ASSIGN_OR_RETURN(const auto stride, constant_integers(node, 3, "strides"));
  const Attributes& a = *node.attributes;
  if (a.integer("ellipsis_mask") != 0 || a.integer("new_axis_mask") != 0) {
    return error("ellipsis and new-axis masks are not supported");
  }
  const Shape& in = node.input(0).shape;
  if (begin.size() > in.size() || begin.size() != end.size() || begin.size() != stride.size()) {
    return error("{} begins, {} ends and {} strides do not fit shape {}", begin.size(), end.size(), stride.size(),
                 to_string(in));
  }
  const auto bit = [&](const char* mask, std::size_t d) { return ((a.integer(mask) >> d) & 1) != 0; };
  Slice s{in, std::vector<std::int64_t>(in.size(), 0), std::vector<std::int64_t>(in.size(), 1),
          std::vector<bool>(in.size(), false)};
  for (std::size_t d = 0; d < begin.size(); ++d) {
    const std::int64_t size = in[d], step = stride[d];
    if (step == 0) return error("stride 0 in dimension {}", d);
    const std::int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? size : size - 1;
    const auto place = [&](std::int64_t v) { return std::clamp(v < 0 ? v + size : v, lowest, highest); };
    const std::int64_t first = bit("begin_mask", d) ? (step > 0 ? lowest : highest) : place(begin[d]);
    std::int64_t last =
        bit("end_mask", d) ? (step > 0 ? highest : lowest) : place(a.integer("offset") != 0 ? first + end[d] : end[d]);
    if (bit("shrink_axis_mask", d)) {
      if (step < 0 || first >= size)
        return error("element {} of dimension {} of {} does not exist", begin[d], d, to_string(in));
      last = first + 1;
      s.dropped[d] = true;
    }
    const std::int64_t count = step > 0 ? (last - first + step - 1) / step : (first - last - step - 1) / -step;
    s.first[d] = first;
    s.step[d] = step;
    s.extents[d] = static_cast<std::int32_t>(std::max<std::int64_t>(0, count));
  }
  return s;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 4, 4));
  NPUTWIN_ASSIGN_OR_RETURN(const Slice s, slice_of(node));
  Shape out;
  for (std::size_t d = 0; d < s.extents.size(); ++d) {
    if (!s.dropped[d]) out.push_back(s.extents[d]);
  }
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const Slice s, slice_of(context));
  auto from = dense_strides(context.input(0).shape);
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < from.size(); ++d) {
    offset += s.first[d] * from[d];
    from[d] *= s.step[d];
  }
  std::vector<CopyKernel::Part> parts;
  parts.push_back({0, 0, NdCopy(s.extents, from, dense_strides(s.extents), offset, 0, size_of(context.output().type))});
  return std::make_unique<CopyKernel>(std::move(parts));
}

}  // namespace

const OpDefinition& strided_slice_op() {
  static constexpr OpDefinition kOp{"STRIDED_SLICE", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::strided_slice
