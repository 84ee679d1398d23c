#include "ops/reduce/sum_kernel.h"

#include "kernels/explain.h"
#include "ops/checks.h"

namespace nputwin {
namespace {

template <typename T, bool mean>
class NumberSum final : public ComparableKernel<NumberSum<T, mean>> {
  using Sum = std::conditional_t<mean && std::is_integral_v<T>, std::int64_t, T>;

 public:
  explicit NumberSum(Reduction reduction) : reduction_(std::move(reduction)) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(reduction_.outputs) * sizeof(Sum);
  }

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<T>();
    const auto out = context.outputs[0].as<T>();
    const std::span sums(reinterpret_cast<Sum*>(context.scratch.data()), out.size());
    std::ranges::fill(sums, Sum{0});
    reduction_.for_each(context.inputs[0].spec->shape, [&](std::int64_t from, std::int64_t to) {
      Sum& sum = sums[static_cast<std::size_t>(to)];
      sum = sum_of(sum, Sum{in[static_cast<std::size_t>(from)]});
    });
    std::ranges::transform(sums, out.begin(), [count = static_cast<Sum>(reduction_.count)](Sum sum) {
      return static_cast<T>(mean ? sum / count : sum);
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const auto elements = reduction_.sources(context.inputs[0].spec->shape, element);
    const auto sum = explained_sum<Sum>(explained_elements(context.inputs[0].as<T>(), elements, trace), trace);
    explained_number(to<T>(mean ? Traced<Sum>(sum / static_cast<Sum>(reduction_.count)) : sum), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(reduction_); }

 private:
  Reduction reduction_;
};

template <bool mean>
Result<std::unique_ptr<Kernel>> number_sum(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(Reduction r, reduction_of(context));
  if (context.delegated() && context.output().type == DType::kFloat32)
    return error("the order in which XNNPACK adds float32 numbers is not known");
  if (r.count < 1) return error("a reduction over {} values is not supported", r.count);
  switch (context.output().type) {
    case DType::kInt32:
      return std::make_unique<NumberSum<std::int32_t, mean>>(std::move(r));
    case DType::kInt64:
      return std::make_unique<NumberSum<std::int64_t, mean>>(std::move(r));
    default:
      return std::make_unique<NumberSum<float, mean>>(std::move(r));
  }
}

}  // namespace

Result<Reduction> code_reduction(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
  NPUTWIN_ASSIGN_OR_RETURN(Reduction r, reduction_of(context));
  // Sums and n * zero point stay inside 32 bits, as in the runtimes.
  const std::int64_t most = in.type == DType::kInt16 ? 1 << 15 : 1 << 23;
  if (in.shape.empty() || r.count < 1 || r.count > most)
    return error("a reduction over {} values of '{}' {} is not supported", r.count, in.name, to_string(in.shape));
  return r;
}

std::optional<Result<std::unique_ptr<Kernel>>> number_sum_kernel(const PrepareContext& context, bool mean) {
  if (!all_of_type(context, 1, DType::kFloat32) && !all_of_type(context, 1, DType::kInt32) &&
      !all_of_type(context, 1, DType::kInt64))
    return std::nullopt;
  return mean ? number_sum<true>(context) : number_sum<false>(context);
}

}  // namespace nputwin
