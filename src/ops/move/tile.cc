// TILE: the input repeated input 1's number of times along each dimension. BROADCAST_TO: its dimensions of 1 repeated
// until it has the shape of input 1.

#include "ops/checks.h"
#include "ops/move/gather_kernel.h"

namespace nputwin::ops::tile {
namespace {

Result<Shapes> tile_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const auto times, constant_integers(node, 1, "multiples"));
  Shape out = node.input(0).shape;
  if (times.size() != out.size()) return error("multiples {} do not fit shape {}", to_string(times), to_string(out));
  for (std::size_t d = 0; d < out.size(); ++d) {
    const auto size = checked_mul(out[d], times[d]);
    if (times[d] < 0 || !size) return error("{} cannot be repeated {} times", to_string(out), to_string(times));
    out[d] = *size;
  }
  return Shapes{out};
}

Result<Shapes> broadcast_to_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const auto out, constant_integers(node, 1, "shape"));
  const Shape& in = node.input(0).shape;
  for (std::size_t d = 0; d < in.size(); ++d) {
    const bool fits =
        in.size() <= out.size() && (in[in.size() - 1 - d] == 1 || in[in.size() - 1 - d] == out[out.size() - 1 - d]);
    if (!fits) return error("shape {} does not broadcast to {}", to_string(in), to_string(out));
  }
  return Shapes{out};
}

/// Index i of the output is index i modulo the input's size: a repetition in both ops.
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  const Shape& out = context.output().shape;
  Shape in = context.input(0).shape;
  in.insert(in.begin(), out.size() - in.size(), 1);
  std::vector<std::vector<std::int64_t>> sources(out.size());
  for (std::size_t d = 0; d < out.size(); ++d) {
    for (std::int32_t i = 0; i < out[d]; ++i) sources[d].push_back(i % in[d]);
  }
  return std::make_unique<GatherKernel>(in, std::move(sources), size_of(context.input(0).type));
}

}  // namespace

const OpDefinition& tile_op() {
  static constexpr OpDefinition kOp{"TILE", tile_shapes, prepare, Family::kMovement};
  return kOp;
}
const OpDefinition& broadcast_to_op() {
  static constexpr OpDefinition kOp{"BROADCAST_TO", broadcast_to_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::tile
