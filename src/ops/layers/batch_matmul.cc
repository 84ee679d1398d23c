// BATCH_MATMUL: out[..., i, j] = sum_k a[..., i, k] * b[..., k, j], leading dimensions broadcast; adj_x and adj_y read
// a and b with their last two dimensions swapped.
//
//   codes    acc = sum (a - za)(b - zb); out = requantize(rule, acc, s_a*s_b/s_out) + zp, the product of scales in
//            binary32
//
// XNNPACK in LiteRT 2.1 takes b's zero point for 0 (measured: tests/vectors/directed/batch_matmul).
//
// Source: TFLite batch_matmul.cc, reference/batch_matmul.h. Not supported: binary32, whose sums have no known order.

#include <algorithm>

#include "kernels/requantize.h"
#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"
#include "ops/layers/product_sums.h"
#include "profile/profile.h"
#include "profile/rules.h"
#include "tensor/code_types.h"

namespace nputwin::ops::batch_matmul {
namespace {

struct Geometry {
  Shape batch, batch_a, batch_b;  // leading dimensions
  std::int32_t rows = 0, depth = 0, columns = 0;
  bool swap_a = false, swap_b = false;
};

class BatchMatmul final : public ProductSums {
 public:
  BatchMatmul(Geometry geometry, std::int32_t zero_b, Requantizer requantizer)
      : g_(std::move(geometry)),
        walk_(g_.batch, g_.batch_a, g_.batch_b),
        zero_b_(zero_b),
        requantizer_(std::move(requantizer)) {}

  void run(const RunContext& context) const override {
    with_code_type(context.inputs[0].spec->type, [&](auto code) {
      using T = decltype(code);
      T* out = context.outputs[0].as<T>().data();
      context.pool->parallel(walk_.runs() * walk_.run() * g_.rows, [&](std::int64_t row, int) {
        for (std::int64_t i = row * g_.columns; i < (row + 1) * g_.columns; ++i)
          out[i] = static_cast<T>(requantizer_.code(sum_of<T>(context, i), 0));
      });
    });
  }

  [[nodiscard]] std::size_t activations() const override { return 0; }
  [[nodiscard]] std::size_t weights() const override { return 1; }
  [[nodiscard]] std::vector<Run> runs(std::int64_t element) const override { return {run_of(element)}; }
  [[nodiscard]] std::int32_t factor(const RunContext& context, std::int64_t weight) const override {
    std::int32_t factor = 0;
    with_code_type(context.inputs[1].spec->type, [&](auto code) {
      factor = context.inputs[1].as<decltype(code)>()[static_cast<std::size_t>(weight)] - zero_b_;
    });
    return factor;
  }
  [[nodiscard]] std::int64_t bias(std::int64_t /*element*/) const override { return 0; }
  [[nodiscard]] std::int64_t sum(const RunContext& context, std::int64_t element) const override {
    std::int64_t sum = 0;
    with_code_type(context.inputs[0].spec->type, [&](auto code) { sum = sum_of<decltype(code)>(context, element); });
    return sum;
  }
  [[nodiscard]] LastStep last_step(std::int64_t /*element*/) const override { return requantizer_.last_step(0); }

 private:
  [[nodiscard]] Run run_of(std::int64_t element) const {
    const std::int64_t j = element % g_.columns, row = element / g_.columns % g_.rows,
                       matrix = element / g_.columns / g_.rows, n = walk_.run(), r = matrix / n, i = matrix % n;
    const std::int64_t a = (walk_.start_a(r) + i * walk_.step_a()) * g_.rows * g_.depth,
                       b = (walk_.start_b(r) + i * walk_.step_b()) * g_.depth * g_.columns;
    return {a + (g_.swap_a ? row : row * g_.depth), b + (g_.swap_b ? j * g_.depth : j), g_.depth,
            g_.swap_a ? g_.rows : 1, g_.swap_b ? 1 : g_.columns};
  }

  template <typename T>
  [[nodiscard]] std::int64_t sum_of(const RunContext& context, std::int64_t element) const {
    const Run run = run_of(element);
    const T *a = context.inputs[0].as<T>().data() + run.input, *b = context.inputs[1].as<T>().data() + run.weight;
    const std::int32_t za = context.inputs[0].spec->zero_point();
    std::int64_t sum = 0;
    for (std::int64_t k = 0; k < run.count; ++k)
      sum += std::int64_t{a[k * run.input_step] - za} * (b[k * run.weight_step] - zero_b_);
    return sum;
  }

  Geometry g_;
  BroadcastWalk walk_;
  std::int32_t zero_b_;
  Requantizer requantizer_;
};

Result<Geometry> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  const Shape &a = node.input(0).shape, &b = node.input(1).shape;
  if (a.size() < 2 || b.size() < 2) return error("shapes {} and {} are no matrices", to_string(a), to_string(b));
  Geometry g;
  g.swap_a = node.attributes->integer("adj_x") != 0, g.swap_b = node.attributes->integer("adj_y") != 0;
  g.batch_a.assign(a.begin(), a.end() - 2), g.batch_b.assign(b.begin(), b.end() - 2);
  g.rows = a[a.size() - (g.swap_a ? 1 : 2)], g.depth = a[a.size() - (g.swap_a ? 2 : 1)];
  g.columns = b[b.size() - (g.swap_b ? 2 : 1)];
  if (b[b.size() - (g.swap_b ? 1 : 2)] != g.depth)
    return error("matrices {} and {} do not multiply", to_string(a), to_string(b));
  NPUTWIN_ASSIGN_OR_RETURN(g.batch, broadcast_shape(g.batch_a, g.batch_b));
  return g;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const Geometry g, geometry_of(node));
  Shape out = g.batch;
  out.push_back(g.rows), out.push_back(g.columns);
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 2, CodeWidths::k8And16));
  NPUTWIN_ASSIGN_OR_RETURN(Geometry g, geometry_of(context));
  RequantizeRule rule = context.profile->batch_matmul;
  if (context.output().type == DType::kInt16) {
    if (!context.profile->int16) return error("what {} computes of int16 products is not known", context.profile->name);
    rule = rules::binary32_product(context.profile->int16->int64_bias);
  }
  const Rescale scale =
      make_rescale(rule, context.input(0).scale(), context.input(1).scale(), context.output().scale());
  const TensorSpec& out = context.output();
  return std::make_unique<BatchMatmul>(std::move(g),
                                       context.profile->batch_matmul_drops_zero ? 0 : context.input(1).zero_point(),
                                       Requantizer(rule, std::span(&scale, 1), out.zero_point(), code_range(out.type),
                                                   out.type, INT32_MAX, context.isa));
}

}  // namespace

const OpDefinition& batch_matmul_op() {
  static constexpr OpDefinition kOp{"BATCH_MATMUL", infer_shapes, prepare, Family::kBatchMatmul};
  return kOp;
}

}  // namespace nputwin::ops::batch_matmul
