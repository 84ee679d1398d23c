#include "fixed/interpolated_table.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace nputwin {

template <typename T>
InterpolatedTable::InterpolatedTable(T input_scale, std::int32_t input_zero, T output_scale, std::int32_t output_zero,
                                     const std::type_identity_t<std::function<T(T)>>& f, bool fused) {
  constexpr int kPieces = 512;
  const T first = input_scale * static_cast<T>(INT16_MIN - input_zero),
          last = input_scale * static_cast<T>(INT16_MAX - input_zero);
  const T lowest = output_scale * static_cast<T>(INT16_MIN - output_zero),
          highest = output_scale * static_cast<T>(INT16_MAX - output_zero);
  const T step = (last - first) / kPieces, half = step / 2, codes = T{65536} / (highest - lowest);
  const auto knot = [](T x) { return static_cast<std::int16_t>(std::clamp(x, T{INT16_MIN}, T{INT16_MAX})); };
  const auto start = [=](int i) {
    const T pieces = static_cast<T>(i);
    return fused ? std::fma(pieces, step, first) : first + pieces * step;
  };
  for (int i = 0; i < kPieces; ++i) {
    const T at = start(i);
    const T here = std::round(f(at) * codes), middle = std::round(f(at + half) * codes);
    const T next = f(start(i + 1)) * codes;
    const T error = std::round((next + here) / 2) - middle;
    knots_[static_cast<std::size_t>(i)] = knot(here - std::round(error / 2));
  }
  knots_[kPieces] = knot(std::round(f(last) * codes));
}

template InterpolatedTable::InterpolatedTable(float, std::int32_t, float, std::int32_t,
                                              const std::function<float(float)>&, bool);
template InterpolatedTable::InterpolatedTable(double, std::int32_t, double, std::int32_t,
                                              const std::function<double(double)>&, bool);

SigmoidTable::SigmoidTable() {
  const auto f = [](double i) { return 65536 / (1 + std::exp(-i / 24)); };
  for (int i = 0; i < 256; ++i) {
    const double error = (f(i + 1) + f(i)) / 2 - f(i + 0.5);  // of the straight line in the middle of the piece
    values_[static_cast<std::size_t>(i)] = static_cast<std::uint16_t>(std::min(std::round(f(i) - error / 2), 65535.0));
  }
  values_[255] = 65535;
}

}  // namespace nputwin
