// BATCH_MATMUL: out[..., i, j] = sum_k a[..., i, k] * b[..., k, j], leading dimensions broadcast; adj_x and adj_y read
// a and b with their last two dimensions swapped.
//
//   codes    acc = sum (a - za)(b - zb); out = requantize(rule, acc, s_a*s_b/s_out) + zp, the product of scales in
//            binary32
//
// Runtimes choose the rule by how b lies in memory and by the number of rows (profile/families/batch_matmul.h).
//
// XNNPACK in LiteRT 2.1 takes b's zero point for 0 (measured: tests/vectors/directed/batch_matmul).
//
// Source: TFLite batch_matmul.cc, reference/batch_matmul.h. Not supported: binary32, whose sums have no known order.

#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"
#include "ops/layers/weights.h"
#include "profile/profile.h"
#include "profile/rules.h"

namespace nputwin::ops::batch_matmul {
namespace {

/// The matrices, and the shape of the leading dimensions.
Result<std::pair<MatrixTaps, Shape>> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  const Shape &a = node.input(0).shape, &b = node.input(1).shape;
  if (a.size() < 2 || b.size() < 2) return error("shapes {} and {} are no matrices", to_string(a), to_string(b));
  MatrixTaps g;
  g.swap_a = node.attributes->integer("adj_x") != 0;
  g.swap_b = node.attributes->integer("adj_y") != 0;
  g.rows = a[a.size() - (g.swap_a ? 1 : 2)];
  g.depth = a[a.size() - (g.swap_a ? 2 : 1)];
  g.columns = b[b.size() - (g.swap_b ? 2 : 1)];
  if (b[b.size() - (g.swap_b ? 1 : 2)] != g.depth)
    return error("matrices {} and {} do not multiply", to_string(a), to_string(b));
  const Shape batch_a(a.begin(), a.end() - 2), batch_b(b.begin(), b.end() - 2);
  NPUTWIN_ASSIGN_OR_RETURN(Shape batch, broadcast_shape(batch_a, batch_b));
  g.walk = BroadcastWalk(batch, batch_a, batch_b);
  return std::pair{std::move(g), std::move(batch)};
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(auto geometry, geometry_of(node));
  auto& [taps, shape] = geometry;
  shape.push_back(static_cast<std::int32_t>(taps.rows));
  shape.push_back(static_cast<std::int32_t>(taps.columns));
  return Shapes{std::move(shape)};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 2, CodeWidths::k8And16));
  NPUTWIN_ASSIGN_OR_RETURN(auto geometry, geometry_of(context));
  const MatrixTaps& taps = geometry.first;
  const BatchMatmulRule& rules = context.profile->batch_matmul;
  // A matrix-vector routine of its own takes one row, as in CONV_2D.
  const bool one_row = taps.rows == 1 && taps.columns >= 4 && taps.depth >= 8;
  RequantizeRule rule = taps.swap_b ? one_row ? rules.one_row : rules.rule
                        : one_row   ? rules.one_row_by_rows
                                    : rules.by_rows;
  if (context.output().type == DType::kInt16) {
    if (!context.profile->int16) return error("what {} computes of int16 products is not known", context.profile->name);
    rule = rules::binary32_product(context.profile->int16->int64_sum);
  }
  const EffectiveMultiplier scale =
      effective_multiplier(rule, context.input(0).scale(), context.input(1).scale(), context.output().scale());
  const TensorSpec& out = context.output();
  MacWeights weights;
  weights.computed_zero = context.profile->batch_matmul_drops_zero ? 0 : context.input(1).zero_point();
  Epilogue epilogue(Requantizer(rule, std::span(&scale, 1), out.zero_point(), code_range(out.type), out.type, INT32_MAX,
                                context.isa));
  return layer_kernel(context, std::move(geometry.first), std::move(weights), std::move(epilogue));
}

}  // namespace

const OpDefinition& batch_matmul_op() {
  static constexpr OpDefinition kOp{"BATCH_MATMUL", infer_shapes, prepare, Family::kBatchMatmul};
  return kOp;
}

}  // namespace nputwin::ops::batch_matmul
