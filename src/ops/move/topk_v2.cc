// TOPK_V2: the k largest stored values of each row of the last dimension in falling order, and their indices; of equal
// values the first comes first. NaN is the smallest. Source: TFLite topk_v2.cc.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/checks.h"
#include "tensor/code_types.h"

namespace nputwin::ops::topk_v2 {
namespace {

template <typename T>
class TopK final : public ComparableKernel<TopK<T>> {
 public:
  TopK(std::size_t depth, std::size_t count) : depth_(depth), count_(count) {}

  [[nodiscard]] std::size_t scratch_bytes() const override { return depth_ * sizeof(std::int32_t); }

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<T>();
    const auto values = context.outputs[0].as<T>();
    const auto indices = context.outputs[1].as<std::int32_t>();
    const std::span order(reinterpret_cast<std::int32_t*>(context.scratch.data()), depth_);
    for (std::size_t row = 0; count_ > 0 && row * depth_ < in.size(); ++row) {
      const auto x = in.subspan(row * depth_, depth_);
      std::iota(order.begin(), order.end(), 0);
      std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count_), order.end(),
                        [&](std::int32_t a, std::int32_t b) { return before(x, a, b); });
      for (std::size_t k = 0; k < count_; ++k) {
        indices[row * count_ + k] = order[k];
        values[row * count_ + k] = x[static_cast<std::size_t>(order[k])];
      }
    }
  }
  [[nodiscard]] auto parameters() const { return std::tie(depth_, count_); }

 private:
  static bool before(std::span<const T> x, std::int32_t i, std::int32_t j) {
    const T a = x[static_cast<std::size_t>(i)], b = x[static_cast<std::size_t>(j)];
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(a) != std::isnan(b)) return std::isnan(b);
    }
    return a > b || (!(a < b) && i < j);
  }

  std::size_t depth_, count_;
};

/// How many of how many.
Result<std::pair<std::int32_t, std::int32_t>> counts(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto k, constant_integers(node, 1, "k"));
  const Shape& in = node.input(0).shape;
  if (k.size() != 1) return error("k '{}' has {} values, expected one", node.input(1).name, k.size());
  if (in.empty() || k[0] < 0 || k[0] > in.back())
    return error("the {} largest of the last dimension of {} do not exist", k[0], to_string(in));
  return std::pair{k[0], in.back()};
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const auto k, counts(node));
  Shape out = node.input(0).shape;
  out.back() = k.first;
  return Shapes{out, out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(1), {DType::kInt32}, "output"));
  NPUTWIN_ASSIGN_OR_RETURN(const auto k, counts(context));
  std::unique_ptr<Kernel> kernel;
  const auto make = [&](auto value) {
    kernel =
        std::make_unique<TopK<decltype(value)>>(static_cast<std::size_t>(k.second), static_cast<std::size_t>(k.first));
  };
  switch (in.type) {
    case DType::kFloat32:
      make(float{});
      break;
    case DType::kInt32:
      make(std::int32_t{});
      break;
    case DType::kInt64:
      make(std::int64_t{});
      break;
    case DType::kBool:
      return error("bool values have no order, expected numbers");
    default:
      with_code_type(in.type, make);
  }
  return kernel;
}

}  // namespace

const OpDefinition& topk_v2_op() {
  static constexpr OpDefinition kOp{"TOPK_V2", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::topk_v2
