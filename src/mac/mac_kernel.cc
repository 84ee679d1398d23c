#include "mac/mac_kernel.h"

#include "kernels/explain.h"
#include "mac/definition.h"

namespace nputwin {

bool MacKernel::explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const {
  std::vector<std::int32_t> inputs, factors;
  const TensorView& input = context.inputs[layer_.activations_input];
  with_code_type(layer_.type, [&](auto code) {
    const auto codes = input.as<decltype(code)>();
    for (const TapRun& run : layer_.runs(element)) {
      for (std::int64_t i = 0; i < run.count; ++i) {
        const std::int64_t x = run.input + i * run.input_step;
        const std::int32_t value = codes[static_cast<std::size_t>(x)];
        trace.add_input({layer_.activations_input, x, static_cast<double>(value)});
        inputs.push_back(value - layer_.input_zero);
        factors.push_back(layer_.factor(context, run.weight + i * run.weight_step));
      }
    }
  });
  explained_list("x", inputs, trace, "quantized values - zero point");
  explained_list("w", factors, trace, "weights - their zero point");
  const auto sum = explained_dot(layer_.sum(context, element), "x", "w", layer_.bias(element), trace);
  const auto code = epilogue_.element(element).unclamped(noted("accumulator, with the bias", sum));
  explained_code(to<std::int64_t>(code), epilogue_.element(element).clamp, trace);
  return true;
}

std::unique_ptr<Definition> MacKernel::definition(const RunContext& /*context*/) const {
  return mac_definition(layer_, epilogue_);
}

}  // namespace nputwin
