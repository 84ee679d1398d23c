// CUMSUM of numbers along the axis of input 1: each element the sum of those up to it, `exclusive` without it,
// `reverse` from the end; in order, integers wrap. Source: TFLite cumsum.cc, Eigen's scan.

#include "kernels/explain.h"
#include "ops/checks.h"

namespace nputwin::ops::cumsum {
namespace {

template <typename T>
class Cumsum final : public ComparableKernel<Cumsum<T>> {
 public:
  Cumsum(std::int64_t size, std::int64_t inner, bool exclusive, bool reverse)
      : size_(size), inner_(inner), exclusive_(exclusive), reverse_(reverse) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<T>();
    const auto out = context.outputs[0].as<T>();
    const auto lines = static_cast<std::int64_t>(in.size()) / size_;
    for (std::int64_t line = 0; line < lines; ++line) {
      const std::int64_t first = first_of(line);
      T sum{0};
      for (std::int64_t k = 0; k < size_; ++k) {
        const auto at = static_cast<std::size_t>(first + place(k) * inner_);
        const T next = sum_of(sum, in[at]);
        out[at] = exclusive_ ? sum : next;
        sum = next;
      }
    }
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const std::int64_t first = first_of(element / (size_ * inner_) * inner_ + element % inner_);
    const std::int64_t count = place(element / inner_ % size_) + (exclusive_ ? 0 : 1);
    std::vector<std::int64_t> elements;
    elements.reserve(static_cast<std::size_t>(count));
    for (std::int64_t k = 0; k < count; ++k) elements.push_back(first + place(k) * inner_);
    explained_number(explained_sum<T>(explained_elements(context.inputs[0].as<T>(), elements, trace), trace), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(size_, inner_, exclusive_, reverse_); }

 private:
  /// The first element of a line along the axis.
  [[nodiscard]] std::int64_t first_of(std::int64_t line) const {
    return line / inner_ * size_ * inner_ + line % inner_;
  }
  /// Where on its line the k-th summand stands; it is its own inverse.
  [[nodiscard]] std::int64_t place(std::int64_t k) const { return reverse_ ? size_ - 1 - k : k; }

  std::int64_t size_, inner_;
  bool exclusive_, reverse_;
};

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  return Shapes{node.input(0).shape};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kFloat32, DType::kInt32, DType::kInt64}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {in.type}, "output"));
  NPUTWIN_ASSIGN_OR_RETURN(const auto axes, constant_integers(context, 1, "axis"));
  if (axes.size() != 1) return error("axis '{}' has {} values, expected one", context.input(1).name, axes.size());
  NPUTWIN_ASSIGN_OR_RETURN(const int axis, normalized_axis(axes[0], in.shape.size()));
  std::int64_t inner = 1;
  for (std::size_t d = static_cast<std::size_t>(axis) + 1; d < in.shape.size(); ++d) inner *= in.shape[d];
  const std::int64_t size = std::max(1, in.shape[static_cast<std::size_t>(axis)]);
  const bool exclusive = context.attributes->integer("exclusive") != 0,
             reverse = context.attributes->integer("reverse") != 0;
  if (in.type == DType::kInt32) return std::make_unique<Cumsum<std::int32_t>>(size, inner, exclusive, reverse);
  if (in.type == DType::kInt64) return std::make_unique<Cumsum<std::int64_t>>(size, inner, exclusive, reverse);
  return std::make_unique<Cumsum<float>>(size, inner, exclusive, reverse);
}

}  // namespace

const OpDefinition& cumsum_op() {
  static constexpr OpDefinition kOp{"CUMSUM", infer_shapes, prepare, Family::kNumbers};
  return kOp;
}

}  // namespace nputwin::ops::cumsum
