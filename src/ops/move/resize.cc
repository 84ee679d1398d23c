#include "ops/move/resize.h"

#include "ops/checks.h"

namespace nputwin {

Result<ResizeSpec> resize_spec(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(0), 4, "input"));
  NPUTWIN_ASSIGN_OR_RETURN(const auto size, constant_integers(node, 1, "size"));
  const Shape& in = node.input(0).shape;
  constexpr std::int32_t kLimit = 1 << 16;
  if (size.size() != 2 || size[0] < 1 || size[1] < 1 || size[0] > kLimit || size[1] > kLimit) {
    return error("new size {} is not a height and a width of 1 to {}", to_string(size), kLimit);
  }
  if (in[1] < 1 || in[2] < 1 || in[1] > kLimit || in[2] > kLimit)
    return error("cannot resize '{}' {}", node.input(0).name, to_string(in));
  ResizeSpec spec{size[0], size[1], node.attributes->integer("align_corners") != 0,
                  node.attributes->integer("half_pixel_centers") != 0};
  if (spec.align_corners && spec.half_pixel_centers)
    return error("align_corners and half_pixel_centers exclude each other");
  return spec;
}

Result<Shapes> resize_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const ResizeSpec spec, resize_spec(node));
  const Shape& in = node.input(0).shape;
  return Shapes{{in[0], spec.height, spec.width, in[3]}};
}

}  // namespace nputwin
