#pragma once

#include "kernels/explain.h"
#include "ops/op.h"

namespace nputwin {

/// out[i] = f(in[i]), whatever the types. An f that takes traced numbers can be explained.
template <typename In, typename Out, typename F>
class UnaryKernel final : public Kernel {
 public:
  explicit UnaryKernel(F f) : f_(std::move(f)) {}

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    if constexpr (std::is_invocable_v<const F&, Traced<decltype(In{} * In{})>>) {
      explained_number(f_(explained_input<In>(context, 0, element, "x", trace)), trace);
      return true;
    }
    return false;
  }
  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<In>();
    const auto out = context.outputs[0].as<Out>();
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = f_(in[i]);
  }

 private:
  F f_;
};

template <typename In, typename Out, typename F>
[[nodiscard]] std::unique_ptr<Kernel> unary_kernel(F f) {
  return std::make_unique<UnaryKernel<In, Out, F>>(std::move(f));
}

}  // namespace nputwin
