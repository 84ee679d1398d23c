// TRANSPOSE: out[i] = in[j] with j[perm[d]] = i[d].

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"

namespace nputwin::ops::transpose {
namespace {

Result<std::vector<std::int32_t>> permutation(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(std::vector<std::int32_t> perm, constant_integers(node, 1, "permutation"));
  const std::size_t rank = node.input(0).shape.size();
  std::vector<bool> seen(rank, false);
  if (perm.size() != rank)
    return error("permutation {} does not fit shape {}", to_string(perm), to_string(node.input(0).shape));
  for (auto& p : perm) {
    NPUTWIN_ASSIGN_OR_RETURN(p, normalized_axis(p, rank));
    if (seen[static_cast<std::size_t>(p)]) return error("permutation {} names dimension {} twice", to_string(perm), p);
    seen[static_cast<std::size_t>(p)] = true;
  }
  return perm;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const auto perm, permutation(node));
  Shape out;
  out.reserve(perm.size());
  for (const auto p : perm) out.push_back(node.input(0).shape[static_cast<std::size_t>(p)]);
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_any_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const auto perm, permutation(context));
  const auto strides = dense_strides(context.input(0).shape);
  std::vector<std::int64_t> from;
  from.reserve(perm.size());
  for (const auto p : perm) from.push_back(strides[static_cast<std::size_t>(p)]);
  const Shape& out = context.output().shape;
  NdCopy copy(out, from, dense_strides(out), 0, 0, size_of(context.output().type));
  KernelForm form;
  if (context.isa.scalar()) {
    form.refused.push_back({"transpose_blocks", kScalarAskedFor});
  } else if (copy.use(transpose_blocks(context.isa))) {
    form = {"transpose_blocks", context.isa.name, {}, {}};
  } else {
    form.refused.push_back({"transpose_blocks", "it takes matrices of bytes, 16 each way or more"});
  }
  std::vector<CopyKernel::Part> parts;
  parts.push_back({0, 0, std::move(copy)});
  auto kernel = std::make_unique<CopyKernel>(std::move(parts));
  kernel->set_form(std::move(form));
  return kernel;
}

}  // namespace

const OpDefinition& transpose_op() {
  static constexpr OpDefinition kOp{
      "TRANSPOSE",
      infer_shapes,
      prepare,
      Family::kMovement,
      Family::kMovement,
      /*needs_no_values=*/false,
      /*reads_profile=*/true,
  };
  return kOp;
}

}  // namespace nputwin::ops::transpose
