// REDUCE_MAX, REDUCE_MIN: the largest and smallest stored value over constant axes; REDUCE_ANY, REDUCE_ALL: the same of
// truth values. Exact on every device.

#include <limits>

#include "kernels/explain.h"
#include "ops/checks.h"
#include "ops/reduce/reduction.h"

namespace nputwin::ops::reduce_max {
namespace {

template <bool largest, typename T>
class Extreme final : public ComparableKernel<Extreme<largest, T>> {
 public:
  explicit Extreme(Reduction reduction) : reduction_(std::move(reduction)) {}

  void run(const RunContext& context) const override {
    using Limits = std::numeric_limits<T>;
    const auto in = context.inputs[0].as<T>();
    const auto out = context.outputs[0].as<T>();
    std::fill(out.begin(), out.end(), largest ? Limits::lowest() : Limits::max());
    reduction_.for_each(context.inputs[0].spec->shape, [&](std::int64_t from, std::int64_t to) {
      const T x = in[static_cast<std::size_t>(from)];
      T& y = out[static_cast<std::size_t>(to)];
      y = largest ? std::max(y, x) : std::min(y, x);
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const auto elements = reduction_.sources(context.inputs[0].spec->shape, element);
    const auto values = explained_elements(context.inputs[0].as<T>(), elements, trace);
    if (values.empty()) return false;
    const auto most = largest ? std::ranges::max(values) : std::ranges::min(values);
    explained_number(Traced<decltype(T{} * T{})>(&trace, most, largest ? "max(q)" : "min(q)"), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(reduction_); }

 private:
  Reduction reduction_;
};

template <bool largest>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(Reduction r, reduction_of(context));
  switch (context.output().type) {
    case DType::kFloat32:
      return std::make_unique<Extreme<largest, float>>(std::move(r));
    case DType::kInt32:
      return std::make_unique<Extreme<largest, std::int32_t>>(std::move(r));
    case DType::kInt64:
      return std::make_unique<Extreme<largest, std::int64_t>>(std::move(r));
    case DType::kInt16:
      return std::make_unique<Extreme<largest, std::int16_t>>(std::move(r));
    case DType::kUInt8:
      return std::make_unique<Extreme<largest, std::uint8_t>>(std::move(r));
    case DType::kInt8:
      return std::make_unique<Extreme<largest, std::int8_t>>(std::move(r));
    case DType::kBool:
      break;
  }
  return error("bool values have no order, expected numbers");
}

template <bool any>
Result<std::unique_ptr<Kernel>> prepare_bool(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kBool}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kBool}, "output"));
  NPUTWIN_ASSIGN_OR_RETURN(Reduction r, reduction_of(context));
  return std::make_unique<Extreme<any, bool>>(std::move(r));
}

}  // namespace

const OpDefinition& reduce_any_op() {
  static constexpr OpDefinition kOp{"REDUCE_ANY", reduction_shapes, prepare_bool<true>, Family::kMovement};
  return kOp;
}
const OpDefinition& reduce_all_op() {
  static constexpr OpDefinition kOp{"REDUCE_ALL", reduction_shapes, prepare_bool<false>, Family::kMovement};
  return kOp;
}
const OpDefinition& reduce_max_op() {
  static constexpr OpDefinition kOp{"REDUCE_MAX", reduction_shapes, prepare<true>, Family::kMovement};
  return kOp;
}
const OpDefinition& reduce_min_op() {
  static constexpr OpDefinition kOp{"REDUCE_MIN", reduction_shapes, prepare<false>, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::reduce_max
