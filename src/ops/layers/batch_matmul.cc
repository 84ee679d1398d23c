// BATCH_MATMUL: out[..., i, j] = sum_k a[..., i, k] * b[..., k, j], leading dimensions broadcast; adj_x and adj_y read
// a and b with their last two dimensions swapped.
//
//   codes    acc = sum (a - za)(b - zb); out = requantize(rule, acc, s_a*s_b/s_out) + zp, the product of scales in
//            binary32
//
// Runtimes choose the rule by how b lies in memory and by the number of rows (profile/families/batch_matmul.h).
//
// LiteRT takes a b of int8 for an a of int16, from 2.1.6 on. Where b has a scale for each column, TFLite's
// kernels read one of the tensor, which is 0, and every output is its zero point; TensorFlow Lite Micro reads the
// first.
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

/// The scale that counts for the second matrix.
Result<float> second_scale(const PrepareContext& context) {
  const TensorSpec& b = context.input(1);
  if (b.quantization.empty()) return error("input '{}' has no scale", b.name);
  if (b.quantization.per_tensor()) return b.scale();
  switch (context.profile->batch_matmul_column_scales) {
    case ColumnScales::kZero:
      warn_of_unread_scales(context);
      return 0.0F;
    case ColumnScales::kFirst:
      return b.quantization.scale[0];
    case ColumnScales::kUnknown:
      break;
  }
  return error("input '{}' has {} scales: what {} computes of it is not known", b.name, b.quantization.scale.size(),
               context.profile->name);
}

/// TFLite from 2.13 on, before LiteRT 2.1.6, takes several first matrices of one second matrix for one of more rows,
/// also where it turned each of the first: it then reads what nothing wrote (measured; the last dimension of the
/// batches decides).
Status check_turned_batches(const PrepareContext& context) {
  const Shape &a = context.input(0).shape, &b = context.input(1).shape;
  const OpRegistry release = context.profile->registry;
  if (!in_tflite_kernels(context) || release < OpRegistry::kTflite213 || release >= OpRegistry::kLitert216) return {};
  if (context.attributes->integer("adj_x") == 0 || a.size() < 3 || b.size() < 3) return {};
  const auto batches = [](const Shape& shape) { return shape[shape.size() - 3]; };
  if (batches(a) == 1 || batches(b) != 1) return {};
  return error("{} of adj_x with one second matrix {} is undefined: {} reads what nothing wrote", to_string(a),
               to_string(b), name(release));
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
  const TensorSpec &a = context.input(0), &b = context.input(1);
  const bool wider = a.type == DType::kInt16 && b.type == DType::kInt8;
  if (!wider) NPUTWIN_RETURN_IF_ERROR(check_type(b, {a.type}, "input"));
  if (a.type == DType::kInt16) {
    for (const std::int32_t zero : b.quantization.zero_point) {
      if (zero != 0) return error("'{}' has zero point {}, expected 0 beside int16 values", b.name, zero);
    }
  }
  NPUTWIN_RETURN_IF_ERROR(check_turned_batches(context));
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
  const TensorSpec& out = context.output();
  NPUTWIN_ASSIGN_OR_RETURN(const float s_b, second_scale(context));
  const EffectiveMultiplier scale = effective_multiplier(rule, a.scale(), s_b, out.scale());
  MacWeights weights;
  weights.computed = {b.type, context.profile->batch_matmul_drops_zero ? 0 : b.zero_point()};
  Epilogue epilogue(
      Requantizer(rule, std::span(&scale, 1), out.zero_point(), code_range(out.type), out.type, INT32_MAX));
  return layer_kernel(context, std::move(geometry.first), std::move(weights), std::move(epilogue));
}

}  // namespace

const OpDefinition& batch_matmul_op() {
  static constexpr OpDefinition kOp{"BATCH_MATMUL", infer_shapes, prepare, Family::kBatchMatmul};
  return kOp;
}

}  // namespace nputwin::ops::batch_matmul
