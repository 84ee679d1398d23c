#include "mac/definition.h"

#include <cmath>

namespace nputwin {
namespace {

// Which taps count, as a number: elements of one channel have the same weights where these are equal.

/// Elements [first, last) of a window along one axis.
std::int64_t part_of(const WindowAxis& axis, int o) {
  const auto [first, last] = axis.inside(o);
  return std::int64_t{first} * (axis.size + 1) + last;
}
template <typename T>
std::int64_t window_number(const T& taps, std::int64_t element) {
  const auto& [y, x] = taps.window;
  const std::int64_t pixel = element / taps.channels_out;
  const std::int64_t parts_of_x = std::int64_t{x.size + 1} * (x.size + 1);
  return part_of(y, static_cast<int>(pixel / x.out % y.out)) * parts_of_x + part_of(x, static_cast<int>(pixel % x.out));
}
std::int64_t window_number(const TransposedTaps& taps, std::int64_t element) {
  const WindowAxis &y = taps.window.y, &x = taps.window.x;
  const std::int64_t pixel = element / taps.channels_out;
  constexpr int kBits = 30;  // the number is multiplied by that of the channels
  if (y.size + x.size > kBits) return pixel;
  std::int64_t places = 0;
  TransposedTaps::for_each_source(y, static_cast<int>(pixel / x.in % y.in),
                                  [&](int i, int) { places |= std::int64_t{1} << (i + x.size); });
  TransposedTaps::for_each_source(x, static_cast<int>(pixel % x.in),
                                  [&](int j, int) { places |= std::int64_t{1} << j; });
  return places;
}
std::int64_t window_number(const RowTaps& /*taps*/, std::int64_t /*element*/) { return 0; }
/// The matrix that the columns are of.
std::int64_t window_number(const MatrixTaps& taps, std::int64_t element) {
  const std::int64_t matrix = element / taps.columns / taps.rows, n = taps.walk.run();
  return taps.walk.start_b(matrix / n) + matrix % n * taps.walk.step_b();
}

// How far apart the codes of such elements lie: a multiple of this.

template <typename T>
std::int64_t stride_of(const T& taps) {
  return taps.channels_in;
}
std::int64_t stride_of(const RowTaps& taps) { return taps.depth; }
std::int64_t stride_of(const MatrixTaps& /*taps*/) { return 1; }

class MacDefinition final : public Definition {
 public:
  MacDefinition(const MacLayer& layer, const Epilogue& epilogue) : layer_(layer), epilogue_(epilogue) {}

  [[nodiscard]] Of of() const override { return Of::kSum; }
  [[nodiscard]] std::int64_t function_number(std::int64_t element) const override {
    return 2 * (element % epilogue_.channels()) + (epilogue_.takes_last(element) ? 1 : 0);
  }
  [[nodiscard]] std::int64_t sum_number(std::int64_t element) const override {
    return std::visit([&](const auto& taps) { return window_number(taps, element); }, layer_.taps);
  }
  [[nodiscard]] std::int64_t row() const override { return epilogue_.channels(); }
  [[nodiscard]] std::int64_t row_number(std::int64_t row) const override {
    const std::int64_t channels = epilogue_.channels();
    return sum_number(row * channels) * (channels + 1) + epilogue_.by_first(row);
  }
  [[nodiscard]] std::int64_t stride() const override {
    return std::visit([](const auto& taps) { return stride_of(taps); }, layer_.taps);
  }
  [[nodiscard]] Function function(std::int64_t element) const override {
    return [step = epilogue_.element(element)](std::int64_t sum, std::int64_t) -> double { return step.code(sum); };
  }

  [[nodiscard]] bool rises(std::int64_t element, std::int64_t lowest, std::int64_t highest) const override {
    return epilogue_.element(element).rises(lowest, highest);
  }
  [[nodiscard]] double slope(std::int64_t element) const override { return epilogue_.element(element).scale.binary64; }

  [[nodiscard]] Sum sum(std::int64_t element) const override {
    Sum sum{layer_.bias(element), layer_.activations_input, {}, {}, 0, 0};
    if (layer_.weights.computed) {
      sum.other_input = layer_.weights_input;
      sum.zero = layer_.input_zero;
      sum.other_zero = layer_.weights.computed->zero;
    }
    for (const TapRun& run : layer_.runs(element)) {
      for (std::int64_t i = 0; i < run.count; ++i) {
        const std::int64_t at = run.weight + i * run.weight_step;
        const std::int64_t weight = sum.other_input ? at : layer_.weights.values[static_cast<std::size_t>(at)];
        sum.terms.push_back({run.input + i * run.input_step, weight});
        if (!sum.other_input) sum.start -= weight * layer_.input_zero;
      }
    }
    return sum;
  }

 private:
  const MacLayer& layer_;
  const Epilogue& epilogue_;
};

}  // namespace

std::unique_ptr<Definition> mac_definition(const MacLayer& layer, const Epilogue& epilogue) {
  return std::make_unique<MacDefinition>(layer, epilogue);
}

}  // namespace nputwin
