#pragma once

#include "kernels/explain.h"
#include "ops/elementwise/same_function.h"
#include "ops/op.h"

namespace nputwin {

/// out[i] = f(in[i]), whatever the types. f takes traced numbers too.
template <typename In, typename Out, typename F>
class UnaryKernel final : public Kernel {
 public:
  explicit UnaryKernel(F f) : f_(std::move(f)) {}

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    explained_number(f_(explained_input<In>(context, 0, element, "x", trace)), trace);
    return true;
  }
  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<In>();
    const auto out = context.outputs[0].as<Out>();
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = f_(in[i]);
  }
  [[nodiscard]] bool same_as(const Kernel& other) const override {
    const auto* unary = dynamic_cast<const UnaryKernel*>(&other);
    return unary != nullptr && same_function(f_, unary->f_);
  }

 private:
  F f_;
};

template <typename In, typename Out, typename F>
[[nodiscard]] std::unique_ptr<Kernel> unary_kernel(F f) {
  return std::make_unique<UnaryKernel<In, Out, F>>(std::move(f));
}

}  // namespace nputwin
