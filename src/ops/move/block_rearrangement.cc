// SPACE_TO_DEPTH, DEPTH_TO_SPACE, SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND: blocks of pixels moved between the image's
// plane and its channels or its batch. With block size b, y = Y*b + i, x = X*b + j:
//
//   space to depth   out[n, Y, X, (i*b + j)*C + c] = in[n, y, x, c]            depth to space: the same read backwards
//   space to batch   out[(i*bx + j)*N + n, Y, X, c] = padded in[n, y, x, c], padded with zero points (TensorFlow Lite
//                    Micro: with code 0)
//   batch to space   the same read backwards, then cropped
//
// The batch forms take rank 4 (two block sizes) or rank 3 (one).

#include <cstring>

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::block_rearrangement {
namespace {

/// A plane of blocks as a box copy of six dimensions: n, Y, i, X, j, c. Either side is an NHWC image or the rearranged
/// tensor.
struct Blocks {
  std::int32_t n, height, by, width, bx, c;  // height and width count blocks

  [[nodiscard]] Shape extents() const { return {n, height, by, width, bx, c}; }
  [[nodiscard]] std::vector<std::int64_t> image() const {
    const std::int64_t line = std::int64_t{width} * bx * c;
    return {std::int64_t{height} * by * line, by * line, line, std::int64_t{bx} * c, c, 1};
  }
  [[nodiscard]] std::vector<std::int64_t> in_depth() const {
    const std::int64_t pixel = std::int64_t{by} * bx * c;
    return {std::int64_t{height} * width * pixel, width * pixel, std::int64_t{bx} * c, pixel, c, 1};
  }
};

Result<std::int32_t> block_size(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 1, 1));
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(0), 4, "input"));
  const std::int64_t b = node.attributes->integer("block_size");
  if (b < 1 || b > 1 << 15) return error("block size {} is not positive", b);
  return static_cast<std::int32_t>(b);
}

Result<Shapes> space_to_depth_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const std::int32_t b, block_size(node));
  const Shape& in = node.input(0).shape;
  const auto channels = checked_mul(in[3], b * b);
  if (in[1] % b != 0 || in[2] % b != 0 || !channels)
    return error("{} does not divide into blocks of {}x{}", to_string(in), b, b);
  return Shapes{{in[0], in[1] / b, in[2] / b, *channels}};
}

Result<Shapes> depth_to_space_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const std::int32_t b, block_size(node));
  const Shape& in = node.input(0).shape;
  const auto height = checked_mul(in[1], b), width = checked_mul(in[2], b);
  if (in[3] % (b * b) != 0 || !height || !width)
    return error("the channels of {} do not divide into blocks of {}x{}", to_string(in), b, b);
  return Shapes{{in[0], *height, *width, in[3] / (b * b)}};
}

template <bool to_depth>
Result<std::unique_ptr<Kernel>> prepare_depth(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const std::int32_t b, block_size(context));
  const Shape& plane = (to_depth ? context.output() : context.input(0)).shape;
  const Blocks blocks{plane[0], plane[1], b, plane[2], b, plane[3] / (b * b)};
  std::vector<CopyKernel::Part> parts;
  parts.push_back({0, 0,
                   NdCopy(blocks.extents(), to_depth ? blocks.image() : blocks.in_depth(),
                          to_depth ? blocks.in_depth() : blocks.image(), 0, 0, size_of(context.output().type))});
  return std::make_unique<CopyKernel>(std::move(parts));
}

/// Block sizes and the paddings or crops, for rank 4; rank 3 has a width of 1.
struct BatchBlocks {
  Shape image;  // NHWC: the input of space to batch, the output before cropping of batch to space
  std::int32_t by = 1, bx = 1;
  std::int32_t top = 0, bottom = 0, left = 0, right = 0;
};

Result<BatchBlocks> batch_blocks(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 3, 3));
  NPUTWIN_ASSIGN_OR_RETURN(const auto block, constant_integers(node, 1, "block shape"));
  NPUTWIN_ASSIGN_OR_RETURN(const auto pads, constant_integers(node, 2, "paddings or crops"));
  BatchBlocks b;
  b.image = node.input(0).shape;
  const std::size_t spatial = b.image.size() == 3 ? 1 : 2;
  if ((b.image.size() != 3 && b.image.size() != 4) || block.size() != spatial || pads.size() != 2 * spatial)
    return error("{} block sizes and {} paddings do not fit shape {}", block.size(), pads.size(), to_string(b.image));
  if (spatial == 1) b.image.insert(b.image.begin() + 2, 1);
  b.by = block[0];
  b.top = pads[0];
  b.bottom = pads[1];
  if (spatial == 2) {
    b.bx = block[1];
    b.left = pads[2];
    b.right = pads[3];
  }
  constexpr std::int32_t kLimit = 1 << 15;
  if (b.by < 1 || b.bx < 1 || b.by > kLimit || b.bx > kLimit)
    return error("block sizes {} are not positive", to_string(block));
  for (const auto p : pads) {
    if (p < 0 || p > 1 << 24) return error("padding {} is out of range", p);
  }
  return b;
}

Shape with_rank(Shape nhwc, std::size_t rank) {
  if (rank == 3) nhwc.erase(nhwc.begin() + 2);
  return nhwc;
}

Result<Shapes> space_to_batch_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const BatchBlocks b, batch_blocks(node));
  const std::int64_t height = std::int64_t{b.image[1]} + b.top + b.bottom,
                     width = std::int64_t{b.image[2]} + b.left + b.right;
  const auto batch = checked_mul(b.image[0], b.by * b.bx);
  if (height % b.by != 0 || width % b.bx != 0 || !batch)
    return error("{} padded to {}x{} does not divide into blocks of {}x{}", to_string(b.image), height, width, b.by,
                 b.bx);
  return Shapes{
      with_rank({*batch, static_cast<std::int32_t>(height / b.by), static_cast<std::int32_t>(width / b.bx), b.image[3]},
                node.input(0).shape.size())};
}

Result<Shapes> batch_to_space_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const BatchBlocks b, batch_blocks(node));
  const std::int64_t height = std::int64_t{b.image[1]} * b.by - b.top - b.bottom,
                     width = std::int64_t{b.image[2]} * b.bx - b.left - b.right;
  if (b.image[0] % (b.by * b.bx) != 0 || height < 0 || width < 0 || height > INT32_MAX || width > INT32_MAX)
    return error("the batch of {} does not divide into blocks of {}x{} cropped to {}x{}", to_string(b.image), b.by,
                 b.bx, height, width);
  return Shapes{with_rank(
      {b.image[0] / (b.by * b.bx), static_cast<std::int32_t>(height), static_cast<std::int32_t>(width), b.image[3]},
      node.input(0).shape.size())};
}

/// One box for each place in a block: the pixels (i, j) modulo the block size, on both sides.
template <bool to_batch>
Result<std::unique_ptr<Kernel>> prepare_batch(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const BatchBlocks b, batch_blocks(context));
  const auto nhwc = [](Shape s) {
    if (s.size() == 3) s.insert(s.begin() + 2, 1);
    return s;
  };
  const Shape image = nhwc((to_batch ? context.input(0) : context.output()).shape);
  const Shape batch = nhwc((to_batch ? context.output() : context.input(0)).shape);
  const auto image_strides = dense_strides(image), batch_strides = dense_strides(batch);
  std::vector<CopyKernel::Part> parts;
  for (std::int32_t i = 0; i < b.by; ++i) {
    for (std::int32_t j = 0; j < b.bx; ++j) {
      // Block row Y holds image row Y*b + i - before.
      const auto range = [](std::int32_t place, std::int32_t block, std::int32_t before, std::int32_t size,
                            std::int32_t blocks) {
        std::int32_t first = 0, last = blocks;
        while (first < blocks && first * block + place - before < 0) ++first;
        while (last > first && (last - 1) * block + place - before >= size) --last;
        return std::pair{first, last};
      };
      const auto [y0, y1] = range(i, b.by, b.top, image[1], batch[1]);
      const auto [x0, x1] = range(j, b.bx, b.left, image[2], batch[2]);
      if (y0 >= y1 || x0 >= x1) continue;
      const Shape extents{image[0], y1 - y0, x1 - x0, image[3]};
      const std::vector<std::int64_t> in_image{image_strides[0], image_strides[1] * b.by, image_strides[2] * b.bx, 1};
      const std::int64_t at_image =
          (y0 * b.by + i - b.top) * image_strides[1] + (x0 * b.bx + j - b.left) * image_strides[2];
      const std::int64_t at_batch =
          (std::int64_t{i} * b.bx + j) * image[0] * batch_strides[0] + y0 * batch_strides[1] + x0 * batch_strides[2];
      const std::size_t bytes = size_of(context.output().type);
      parts.push_back({0, 0,
                       to_batch ? NdCopy(extents, in_image, batch_strides, at_image, at_batch, bytes)
                                : NdCopy(extents, batch_strides, in_image, at_batch, at_image, bytes)});
    }
  }
  std::vector<std::byte> background;
  if (to_batch) {
    background.resize(size_of(context.output().type));
    const bool by_zero_point =
        context.output().quantization.per_tensor() && !context.profile->space_to_batch_pads_code_0;
    const std::int32_t zero = by_zero_point ? context.output().zero_point() : 0;
    std::memcpy(background.data(), &zero, std::min(background.size(), sizeof zero));
  }
  return std::make_unique<CopyKernel>(std::move(parts), std::move(background));
}

}  // namespace

const OpDefinition& space_to_depth_op() {
  static constexpr OpDefinition kOp{"SPACE_TO_DEPTH", space_to_depth_shapes, prepare_depth<true>, Family::kMovement};
  return kOp;
}
const OpDefinition& depth_to_space_op() {
  static constexpr OpDefinition kOp{"DEPTH_TO_SPACE", depth_to_space_shapes, prepare_depth<false>, Family::kMovement};
  return kOp;
}
const OpDefinition& space_to_batch_nd_op() {
  static constexpr OpDefinition kOp{
      "SPACE_TO_BATCH_ND",    space_to_batch_shapes, prepare_batch<true>,
      Family::kMovement,      Family::kMovement,     /*needs_no_values=*/false,
      /*reads_profile=*/true,
  };
  return kOp;
}
const OpDefinition& batch_to_space_nd_op() {
  static constexpr OpDefinition kOp{"BATCH_TO_SPACE_ND", batch_to_space_shapes, prepare_batch<false>,
                                    Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::block_rearrangement
