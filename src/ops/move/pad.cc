// PAD, PADV2, MIRROR_PAD: input 1 is [rank, 2], elements before and after in each dimension. PAD and PADV2 fill with
// the value of input 2, where there is none a quantized tensor with its zero point and any other with 0; MIRROR_PAD
// reflects the input, with its edge (mode SYMMETRIC, 1) or without (REFLECT, 0).

#include <cstring>

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"
#include "ops/move/gather_kernel.h"

namespace nputwin::ops::pad {
namespace {

Result<std::vector<std::int32_t>> paddings(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(auto pads, constant_integers(node, 1, "paddings"));
  if (pads.size() != 2 * node.input(0).shape.size()) {
    return error("{} paddings do not fit shape {}", pads.size(), to_string(node.input(0).shape));
  }
  for (const auto p : pads) {
    if (p < 0) return error("padding {} is negative", p);
  }
  return pads;
}

template <std::size_t most_inputs>
Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, most_inputs));
  NPUTWIN_ASSIGN_OR_RETURN(const auto pads, paddings(node));
  Shape out = node.input(0).shape;
  for (std::size_t d = 0; d < out.size(); ++d) {
    const std::int64_t size = std::int64_t{out[d]} + pads[2 * d] + pads[2 * d + 1];
    if (size > INT32_MAX) return error("dimension {} padded to {} is too large", d, size);
    out[d] = static_cast<std::int32_t>(size);
  }
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> filled(const PrepareContext& context, std::vector<std::byte> background) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const auto pads, paddings(context));
  const TensorSpec& in = context.input(0);
  const auto to = dense_strides(context.output().shape);
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < to.size(); ++d) offset += to[d] * pads[2 * d];
  std::vector<CopyKernel::Part> parts;
  parts.push_back({0, 0, NdCopy(in.shape, dense_strides(in.shape), to, 0, offset, size_of(in.type))});
  return std::make_unique<CopyKernel>(std::move(parts), std::move(background));
}

Result<std::unique_ptr<Kernel>> prepare_fill(const PrepareContext& context) {
  if (context.has_input(2)) {
    NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 2));
    const InputSpec& value = context.inputs[2];
    if (!value.constant || value.spec->elements() != 1)
      return error("padding value '{}' is not a single constant", value.spec->name);
    return filled(context, {value.constant->begin(), value.constant->end()});
  }
  const TensorSpec& out = context.output();
  std::vector<std::byte> background(size_of(out.type));
  if (out.quantization.per_tensor() && out.type != DType::kFloat32) {
    const std::int32_t zero_point = out.zero_point();  // little-endian: the low bytes come first
    std::memcpy(background.data(), &zero_point, std::min(background.size(), sizeof zero_point));
  }
  return filled(context, std::move(background));
}

Result<std::unique_ptr<Kernel>> prepare_mirror(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const auto pads, paddings(context));
  const std::int64_t edge = context.attributes->integer("mode") == 1 ? 0 : 1;  // elements not repeated
  const Shape& in = context.input(0).shape;
  std::vector<std::vector<std::int64_t>> sources(in.size());
  for (std::size_t d = 0; d < in.size(); ++d) {
    if (std::max(pads[2 * d], pads[2 * d + 1]) > in[d] - edge)
      return error("dimension {} of {} cannot be mirrored by {} and {} elements", d, to_string(in), pads[2 * d],
                   pads[2 * d + 1]);
    for (std::int64_t i = -pads[2 * d]; i < in[d] + pads[2 * d + 1]; ++i) {
      sources[d].push_back(i < 0 ? -i - 1 + edge : i < in[d] ? i : 2 * std::int64_t{in[d]} - 1 - edge - i);
    }
  }
  return std::make_unique<GatherKernel>(in, std::move(sources), size_of(context.input(0).type));
}

}  // namespace

const OpDefinition& pad_op() {
  static constexpr OpDefinition kOp{"PAD", infer_shapes<3>, prepare_fill, Family::kMovement};
  return kOp;
}
const OpDefinition& padv2_op() {
  static constexpr OpDefinition kOp{"PADV2", infer_shapes<3>, prepare_fill, Family::kMovement};
  return kOp;
}
const OpDefinition& mirror_pad_op() {
  static constexpr OpDefinition kOp{"MIRROR_PAD", infer_shapes<2>, prepare_mirror, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::pad
