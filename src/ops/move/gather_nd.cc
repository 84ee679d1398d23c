// GATHER_ND: for each row of input 1, whose last dimension counts coordinates, the slice of input 0 at them.
// SCATTER_ND: the slices of input 1 added up at the rows of input 0 in an output of zeros whose shape input 2 gives;
// numbers wrap, codes are added as they are, of truth values one true is enough. A coordinate outside stops the
// runtime, and so the twin.
// Source: TFLite gather_nd.cc, reference_ops.h ScatterNd.

#include <algorithm>
#include <cstring>

#include "kernels/copy/nd_copy.h"
#include "ops/checks.h"

namespace nputwin::ops::gather_nd {
namespace {

/// Where each slice lies in the indexed tensor, in elements, and how long a slice is.
struct Slices {
  std::vector<std::int64_t> at;
  std::int64_t size = 1;
  bool operator==(const Slices&) const = default;
};

/// The last dimension of the indices: how many dimensions of `shape` they name.
Result<std::size_t> depth_of(const TensorSpec& indices, const Shape& shape) {
  if (indices.shape.empty() || static_cast<std::size_t>(indices.shape.back()) > shape.size())
    return error("indices '{}' {} do not point into {}", indices.name, to_string(indices.shape), to_string(shape));
  return static_cast<std::size_t>(indices.shape.back());
}

Result<Slices> slices(const NodeView& node, std::size_t input, const Shape& shape) {
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t depth, depth_of(node.input(input), shape));
  NPUTWIN_ASSIGN_OR_RETURN(const auto values, constant_integers(node, input, "indices"));
  const auto strides = dense_strides(shape);
  Slices result;
  for (std::size_t d = depth; d < shape.size(); ++d) result.size *= shape[d];
  const std::size_t rows = depth == 0 ? 1 : values.size() / depth;
  for (std::size_t r = 0; r < rows; ++r) {
    std::int64_t at = 0;
    for (std::size_t d = 0; d < depth; ++d) {
      const std::int32_t i = values[r * depth + d];
      if (i < 0 || i >= shape[d]) return error("index {} is outside dimension {} of {}", i, d, to_string(shape));
      at += i * strides[d];
    }
    result.at.push_back(at);
  }
  return result;
}

/// The shape of slices: the indices' but for the last dimension, then what they leave of `shape`.
Result<Shape> sliced_shape(const TensorSpec& indices, const Shape& shape) {
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t depth, depth_of(indices, shape));
  Shape out(indices.shape.begin(), indices.shape.end() - 1);
  out.insert(out.end(), shape.begin() + static_cast<std::ptrdiff_t>(depth), shape.end());
  return out;
}

class GatherNd final : public ComparableKernel<GatherNd> {
 public:
  GatherNd(Slices slices, std::size_t element_bytes) : slices_(std::move(slices)), bytes_(element_bytes) {}

  void run(const RunContext& context) const override {
    const std::size_t run = static_cast<std::size_t>(slices_.size) * bytes_;
    std::byte* out = context.outputs[0].bytes.data();
    for (const std::int64_t at : slices_.at) {
      std::memcpy(out, context.inputs[0].bytes.data() + static_cast<std::size_t>(at) * bytes_, run);
      out += run;
    }
  }
  [[nodiscard]] bool only_moves() const override { return true; }
  [[nodiscard]] auto parameters() const { return std::tie(slices_, bytes_); }

 private:
  Slices slices_;
  std::size_t bytes_;
};

template <typename T>
class ScatterNd final : public ComparableKernel<ScatterNd<T>> {
 public:
  explicit ScatterNd(Slices slices) : slices_(std::move(slices)) {}

  void run(const RunContext& context) const override {
    const T* updates = context.inputs[1].as<T>().data();
    const auto out = context.outputs[0].as<T>();
    std::fill(out.begin(), out.end(), T{});
    for (const std::int64_t at : slices_.at) {
      for (std::int64_t i = 0; i < slices_.size; ++i) {
        T& y = out[static_cast<std::size_t>(at + i)];
        if constexpr (std::is_same_v<T, bool>) {
          y = *updates++ || y;
        } else if constexpr (std::is_integral_v<T>) {
          y = static_cast<T>(static_cast<std::uint64_t>(y) + static_cast<std::uint64_t>(*updates++));
        } else {
          y += *updates++;
        }
      }
    }
  }
  [[nodiscard]] auto parameters() const { return std::tie(slices_); }

 private:
  Slices slices_;
};

Result<Shapes> gather_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(Shape out, sliced_shape(node.input(1), node.input(0).shape));
  return Shapes{std::move(out)};
}

Result<std::unique_ptr<Kernel>> prepare_gather(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(Slices s, slices(context, 1, context.input(0).shape));
  return std::make_unique<GatherNd>(std::move(s), size_of(context.output().type));
}

Result<Shapes> scatter_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 3, 3));
  NPUTWIN_ASSIGN_OR_RETURN(const auto shape, constant_integers(node, 2, "shape"));
  if (std::ranges::any_of(shape, [](auto d) { return d < 0; }))
    return error("shape {} has a negative dimension", to_string(shape));
  return Shapes{shape};
}

Result<std::unique_ptr<Kernel>> prepare_scatter(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 1));
  const Shape& out = context.output().shape;
  NPUTWIN_ASSIGN_OR_RETURN(const Shape expected, sliced_shape(context.input(0), out));
  if (context.input(1).shape != expected)
    return error("updates {} do not fit indices {} into {}, expected {}", to_string(context.input(1).shape),
                 to_string(context.input(0).shape), to_string(out), to_string(expected));
  NPUTWIN_ASSIGN_OR_RETURN(Slices s, slices(context, 0, out));
  switch (context.output().type) {
    case DType::kFloat32:
      return std::make_unique<ScatterNd<float>>(std::move(s));
    case DType::kInt32:
      return std::make_unique<ScatterNd<std::int32_t>>(std::move(s));
    case DType::kInt64:
      return std::make_unique<ScatterNd<std::int64_t>>(std::move(s));
    case DType::kUInt8:
      return std::make_unique<ScatterNd<std::uint8_t>>(std::move(s));
    case DType::kInt8:
      return std::make_unique<ScatterNd<std::int8_t>>(std::move(s));
    case DType::kBool:
      return std::make_unique<ScatterNd<bool>>(std::move(s));
    default:
      return error("updates '{}' are {}", context.input(1).name, name(context.input(1).type));
  }
}

}  // namespace

const OpDefinition& gather_nd_op() {
  static constexpr OpDefinition kOp{"GATHER_ND", gather_shapes, prepare_gather, Family::kMovement};
  return kOp;
}
const OpDefinition& scatter_nd_op() {
  static constexpr OpDefinition kOp{"SCATTER_ND", scatter_shapes, prepare_scatter, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::gather_nd
