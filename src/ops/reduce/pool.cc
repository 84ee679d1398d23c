#include "ops/reduce/pool.h"

#include "ops/checks.h"
#include "ops/window.h"

namespace nputwin {

Result<Shapes> pool_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 1, 1));
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(0), 4, "input"));
  const Shape& in = node.input(0).shape;
  const Attributes& a = *node.attributes;
  NPUTWIN_ASSIGN_OR_RETURN(const Window w, window_2d(in, a.integer("filter_height"), a.integer("filter_width"), a));
  return Shapes{{in[0], w.y.out, w.x.out, in[3]}};
}

Result<Window> pool_window(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kInt8, DType::kUInt8, DType::kInt16}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context.input(0), "input"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context.output(), "output"));
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  const Attributes& a = *context.attributes;
  return window_2d(context.input(0).shape, a.integer("filter_height"), a.integer("filter_width"), a);
}

std::vector<std::int64_t> pool_elements(const Window& w, const Shape& in, std::int64_t element) {
  std::vector<std::int64_t> elements;
  const std::int64_t channels = in[3], pixel = element / channels * channels;
  for_each_pool_window(w, in, element / (channels * w.x.out),
                       [&](std::int64_t to, std::int64_t from, int height, int width) {
                         for (int i = 0; to == pixel && i < height; ++i) {
                           for (int j = 0; j < width; ++j)
                             elements.push_back(from + (std::int64_t{i} * w.x.in + j) * channels + element % channels);
                         }
                       });
  return elements;
}

}  // namespace nputwin
