// PAD: input 1 is [rank, 2], elements before and after in each dimension. A quantized tensor is padded with its zero
// point, any other with 0.

#include <cstring>

#include "ops/common.h"
#include "ops/copy_kernel.h"

namespace nputwin {
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

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const auto pads, paddings(node));
  Shape out = node.input(0).shape;
  for (std::size_t d = 0; d < out.size(); ++d) {
    const std::int64_t size = std::int64_t{out[d]} + pads[2 * d] + pads[2 * d + 1];
    if (size > INT32_MAX) return error("dimension {} padded to {} is too large", d, size);
    out[d] = static_cast<std::int32_t>(size);
  }
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const auto pads, paddings(context));
  const TensorSpec& in = context.input(0);
  const TensorSpec& out = context.output();
  const auto to = dense_strides(out.shape);
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < to.size(); ++d) offset += to[d] * pads[2 * d];
  std::vector<CopyKernel::Part> parts;
  parts.push_back({0, 0, NdCopy(in.shape, dense_strides(in.shape), to, 0, offset, size_of(in.type))});
  std::vector<std::byte> background(size_of(out.type));
  if (out.quantization.per_tensor() && out.type != DType::kFloat32) {
    const std::int32_t zero_point = out.zero_point();  // little-endian: the low bytes come first
    std::memcpy(background.data(), &zero_point, std::min(background.size(), sizeof zero_point));
  }
  return std::make_unique<CopyKernel>(std::move(parts), std::move(background));
}

}  // namespace

const OpDefinition& pad_op() {
  static constexpr OpDefinition kOp{"PAD", infer_shapes, prepare};
  return kOp;
}

}  // namespace nputwin
