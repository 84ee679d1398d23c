// ONE_HOT: along a new dimension of size input 1 (before `axis`, -1: last) the value of input 2 at the index of input
// 0, that of input 3 elsewhere; an index outside gives input 3 everywhere. Source: TFLite one_hot.cc.

#include <cstring>

#include "ops/checks.h"

namespace nputwin::ops::one_hot {
namespace {

struct Geometry {
  Shape out;
  std::int64_t outer, depth, inner;
  bool operator==(const Geometry&) const = default;
};

Result<Geometry> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 4, 4));
  NPUTWIN_ASSIGN_OR_RETURN(const auto depth, constant_integers(node, 1, "depth"));
  if (depth.size() != 1 || depth[0] < 0) return error("depth '{}' is not one number of 0 or more", node.input(1).name);
  const Shape& in = node.input(0).shape;
  NPUTWIN_ASSIGN_OR_RETURN(const int axis, normalized_axis(node.attributes->integer("axis"), in.size() + 1));
  Geometry g{in, 1, depth[0], 1};
  g.out.insert(g.out.begin() + axis, depth[0]);
  for (std::size_t d = 0; d < in.size(); ++d) (static_cast<int>(d) < axis ? g.outer : g.inner) *= in[d];
  return g;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const Geometry g, geometry_of(node));
  return Shapes{g.out};
}

template <typename Index>
class OneHot final : public ComparableKernel<OneHot<Index>> {
 public:
  OneHot(const Geometry& g, std::size_t element_bytes) : g_(g), bytes_(element_bytes) {}

  void run(const RunContext& context) const override {
    const auto indices = context.inputs[0].as<Index>();
    const std::byte *on = context.inputs[2].bytes.data(), *off = context.inputs[3].bytes.data();
    std::byte* out = context.outputs[0].bytes.data();
    for (std::int64_t o = 0; o < g_.outer; ++o) {
      for (std::int64_t d = 0; d < g_.depth; ++d) {
        for (std::int64_t i = 0; i < g_.inner; ++i, out += bytes_)
          std::memcpy(out, indices[static_cast<std::size_t>(o * g_.inner + i)] == static_cast<Index>(d) ? on : off,
                      bytes_);
      }
    }
  }
  [[nodiscard]] auto parameters() const { return std::tie(g_, bytes_); }

 private:
  Geometry g_;
  std::size_t bytes_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kInt32, DType::kInt64}, "indices"));
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 2));
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 3));
  for (const std::size_t i : {2, 3}) {
    if (context.input(i).elements() != 1)
      return error("'{}' has {} values, expected one", context.input(i).name, context.input(i).elements());
  }
  NPUTWIN_ASSIGN_OR_RETURN(const Geometry g, geometry_of(context));
  const std::size_t bytes = size_of(context.output().type);
  if (context.input(0).type == DType::kInt64) return std::make_unique<OneHot<std::int64_t>>(g, bytes);
  return std::make_unique<OneHot<std::int32_t>>(g, bytes);
}

}  // namespace

const OpDefinition& one_hot_op() {
  static constexpr OpDefinition kOp{"ONE_HOT", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::one_hot
