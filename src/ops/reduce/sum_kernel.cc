#include "ops/reduce/sum_kernel.h"

#include "ops/checks.h"

namespace nputwin {
namespace {

class NumberSum final : public Kernel {
 public:
  NumberSum(Reduction reduction, bool mean) : reduction_(std::move(reduction)), mean_(mean) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<float>();
    const auto out = context.outputs[0].as<float>();
    std::fill(out.begin(), out.end(), 0.0F);
    reduction_.for_each(context.inputs[0].spec->shape, [&](std::int64_t from, std::int64_t to) {
      out[static_cast<std::size_t>(to)] += in[static_cast<std::size_t>(from)];
    });
    if (mean_) {
      for (auto& x : out) x /= static_cast<float>(reduction_.count);
    }
  }

 private:
  Reduction reduction_;
  bool mean_;
};

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

Result<std::unique_ptr<Kernel>> number_sum_kernel(const PrepareContext& context, bool mean) {
  NPUTWIN_ASSIGN_OR_RETURN(Reduction r, reduction_of(context));
  if (context.delegated()) return error("the order in which XNNPACK adds float32 numbers is not known");
  if (r.count < 1) return error("a reduction over {} values is not supported", r.count);
  return std::make_unique<NumberSum>(std::move(r), mean);
}

}  // namespace nputwin
