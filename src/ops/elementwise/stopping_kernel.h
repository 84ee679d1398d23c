#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "kernels/kernel.h"
#include "ops/elementwise/same_function.h"
#include "tensor/code_types.h"

namespace nputwin {

/// Runs `kernel` where no element of an input is what a runtime stops at, else fails and names the first that is.
/// `Stops`: a function of T that says so.
template <typename T, typename Stops>
class StoppingKernel final : public Kernel {
 public:
  /// `why`: what such an element is, as in "a divisor of zero".
  StoppingKernel(std::unique_ptr<Kernel> kernel, std::size_t input, Stops stops, std::string why)
      : kernel_(std::move(kernel)), input_(input), stops_(std::move(stops)), why_(std::move(why)) {}

  void run(const RunContext& context) const override {
    const auto values = context.inputs[input_].as<T>();
    const auto found = std::ranges::find_if(values, stops_);
    if (found == values.end()) return kernel_->run(context);
    context.fail(fmt::format("element {} of input {} is {}, {}: the runtime stops", found - values.begin(), input_,
                             +*found, why_));
  }
  bool explain(const RunContext& context, std::size_t output, std::int64_t element, Trace& trace) const override {
    return kernel_->explain(context, output, element, trace);
  }
  [[nodiscard]] bool same_as(const Kernel& other) const override {
    const auto* stopping = dynamic_cast<const StoppingKernel*>(&other);
    return stopping != nullptr && input_ == stopping->input_ && same_function(stops_, stopping->stops_) &&
           why_ == stopping->why_ && kernel_->same_as(*stopping->kernel_);
  }
  [[nodiscard]] std::size_t scratch_bytes() const override { return kernel_->scratch_bytes(); }

 private:
  std::unique_ptr<Kernel> kernel_;
  std::size_t input_;
  Stops stops_;
  std::string why_;
};

template <typename T, typename Stops>
Result<std::unique_ptr<Kernel>> stopping_kernel(Result<std::unique_ptr<Kernel>> kernel, std::size_t input, Stops stops,
                                                std::string why) {
  if (!kernel) return kernel;
  return std::make_unique<StoppingKernel<T, Stops>>(std::move(*kernel), input, std::move(stops), std::move(why));
}

/// The same for an input of codes of type `type`; `stops` takes a code of any type.
template <typename Stops>
Result<std::unique_ptr<Kernel>> stopping_code_kernel(DType type, Result<std::unique_ptr<Kernel>> kernel,
                                                     std::size_t input, Stops stops, std::string why) {
  with_code_type(type, [&](auto code) {
    kernel = stopping_kernel<decltype(code)>(std::move(kernel), input, std::move(stops), std::move(why));
  });
  return kernel;
}

}  // namespace nputwin
