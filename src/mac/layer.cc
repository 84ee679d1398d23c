#include "mac/layer.h"

#include "mac/scalar.h"

namespace nputwin {

std::vector<TapRun> MacLayer::runs(std::int64_t element) const {
  std::vector<TapRun> runs;
  std::visit([&](const auto& t) { t.for_each_run(element, [&](const TapRun& run) { runs.push_back(run); }); }, taps);
  return runs;
}

std::int64_t MacLayer::products(std::int64_t elements) const {
  const std::int64_t row = std::visit([](const auto& t) { return std::int64_t{t.row_elements()}; }, taps);
  std::int64_t products = 0;
  for (std::int64_t first = 0; first < elements; first += row) {
    for (const TapRun& run : runs(first)) products += run.count * row;
  }
  return products;
}

std::int32_t MacLayer::factor(const RunContext& context, std::int64_t weight) const {
  const auto at = static_cast<std::size_t>(weight);
  if (!weights.computed) return weights.values[at];
  std::int32_t factor = 0;
  with_code_type(weights.computed->type, [&](auto code) {
    factor = context.inputs[weights_input].as<decltype(code)>()[at] - weights.computed->zero;
  });
  return factor;
}

std::int64_t MacLayer::sum(const RunContext& context, std::int64_t element) const {
  std::int64_t sum = 0;
  for_each_sum(*this, context, element, 1, [&](std::int64_t, std::int64_t s) { sum = s; });
  return sum;
}

}  // namespace nputwin
