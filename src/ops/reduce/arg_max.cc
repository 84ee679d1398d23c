// ARG_MAX, ARG_MIN: the index of the largest or smallest stored value along the axis of input 1; the first of several.

#include <algorithm>

#include "kernels/arg_max/arg_max.h"
#include "kernels/explain.h"
#include "ops/checks.h"
#include "tensor/code_types.h"

namespace nputwin::ops::arg_max {
namespace {

template <bool largest, typename T, typename Index>
class ArgExtreme final : public ComparableKernel<ArgExtreme<largest, T, Index>> {
 public:
  ArgExtreme(std::int64_t outer, std::int64_t size, std::int64_t inner, const Isa& isa)
      : outer_(outer), size_(size), inner_(inner) {
    const std::string refusal = isa.scalar()     ? kScalarAskedFor
                                : sizeof(T) != 1 ? "it takes bytes"
                                : inner != 1     ? "it takes the last axis"
                                                 : "";
    if (!refusal.empty()) {
      form_.refused.push_back({"arg_max_codes", refusal});
    } else {
      form_ = {"arg_max_codes", isa.name, {}, {}};
      kernels_ = arg_max_codes(isa);
    }
  }

  [[nodiscard]] KernelForm form() const override { return form_; }

  void run(const RunContext& context) const override {
    const T* in = context.inputs[0].as<T>().data();
    Index* out = context.outputs[0].as<Index>().data();
    if constexpr (sizeof(T) == 1) {
      if (kernels_.rows != nullptr) {
        constexpr std::uint8_t kFlip = (std::is_signed_v<T> ? 0x80 : 0) ^ (largest ? 0 : 0xFF);
        constexpr std::int64_t kRows = 256;  // a task
        context.pool->parallel((outer_ + kRows - 1) / kRows, [&](std::int64_t task, int) {
          const std::int64_t first = task * kRows, count = std::min(kRows, outer_ - first);
          kernels_(reinterpret_cast<const std::uint8_t*>(in) + first * size_, count, size_, kFlip, out + first);
        });
        return;
      }
    }
    context.pool->parallel(outer_, [&](std::int64_t o, int) {
      for (std::int64_t i = 0; i < inner_; ++i) {
        const T* x = in + o * size_ * inner_ + i;
        std::int64_t best = 0;
        for (std::int64_t k = 1; k < size_; ++k) {
          const T a = x[k * inner_], b = x[best * inner_];
          if (largest ? a > b : a < b) best = k;
        }
        out[o * inner_ + i] = static_cast<Index>(best);
      }
    });
  }
  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    run(context);
    std::vector<std::int64_t> elements(static_cast<std::size_t>(size_));
    for (std::size_t k = 0; k < elements.size(); ++k)
      elements[k] = (element / inner_ * size_ + static_cast<std::int64_t>(k)) * inner_ + element % inner_;
    explained_elements(context.inputs[0].as<T>(), elements, trace);
    const std::int64_t best = context.outputs[0].as<Index>()[static_cast<std::size_t>(element)];
    explained_number(Traced<std::int64_t>(&trace, best, largest ? "q.index(max(q))" : "q.index(min(q))"), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(outer_, size_, inner_); }

 private:
  std::int64_t outer_, size_, inner_;
  ArgMaxKernels kernels_;  // null: by the definition
  KernelForm form_;
};

Result<std::size_t> axis_of(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto axis, constant_integers(node, 1, "axis"));
  if (axis.size() != 1) return error("axis '{}' has {} values, expected one", node.input(1).name, axis.size());
  NPUTWIN_ASSIGN_OR_RETURN(const int at, normalized_axis(axis[0], node.input(0).shape.size()));
  return static_cast<std::size_t>(at);
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t axis, axis_of(node));
  Shape out = node.input(0).shape;
  out.erase(out.begin() + static_cast<std::ptrdiff_t>(axis));
  return Shapes{out};
}

template <bool largest>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  NPUTWIN_RETURN_IF_ERROR(
      check_type(in, {DType::kFloat32, DType::kInt32, DType::kInt8, DType::kUInt8, DType::kBool}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kInt32, DType::kInt64}, "output"));
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t axis, axis_of(context));
  std::int64_t outer = 1, inner = 1;
  for (std::size_t d = 0; d < in.shape.size(); ++d) (d < axis ? outer : inner) *= d == axis ? 1 : in.shape[d];
  if (in.shape[axis] < 1) return error("dimension {} of {} is empty", axis, to_string(in.shape));
  std::unique_ptr<Kernel> kernel;
  const auto make = [&](auto value) {
    using T = decltype(value);
    if (context.output().type == DType::kInt32) {
      kernel = std::make_unique<ArgExtreme<largest, T, std::int32_t>>(outer, in.shape[axis], inner, context.isa);
    } else {
      kernel = std::make_unique<ArgExtreme<largest, T, std::int64_t>>(outer, in.shape[axis], inner, context.isa);
    }
  };
  if (in.type == DType::kFloat32) {
    make(float{});
  } else if (in.type == DType::kInt32) {
    make(std::int32_t{});
  } else if (in.type == DType::kBool) {
    make(bool{});
  } else {
    with_code_type(in.type, make);
  }
  return kernel;
}

}  // namespace

const OpDefinition& arg_max_op() {
  static constexpr OpDefinition kOp{"ARG_MAX", infer_shapes, prepare<true>, Family::kMovement};
  return kOp;
}
const OpDefinition& arg_min_op() {
  static constexpr OpDefinition kOp{"ARG_MIN", infer_shapes, prepare<false>, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::arg_max
