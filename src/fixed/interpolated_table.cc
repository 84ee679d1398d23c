#include "fixed/interpolated_table.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace nputwin {

template <typename T>
InterpolatedTable::InterpolatedTable(T input_scale, std::int32_t input_zero, T output_scale, std::int32_t output_zero,
                                     const std::type_identity_t<std::function<T(T)>>& f) {
  constexpr int kPieces = 512;
  const T first = input_scale * static_cast<T>(INT16_MIN - input_zero),
          last = input_scale * static_cast<T>(INT16_MAX - input_zero);
  const T lowest = output_scale * static_cast<T>(INT16_MIN - output_zero),
          highest = output_scale * static_cast<T>(INT16_MAX - output_zero);
  const T step = (last - first) / kPieces, half = step / 2, codes = T{65536} / (highest - lowest);
  const auto knot = [](T x) { return static_cast<std::int16_t>(std::clamp(x, T{INT16_MIN}, T{INT16_MAX})); };
  for (int i = 0; i < kPieces; ++i) {
    const T at = first + static_cast<T>(i) * step;
    const T here = std::round(f(at) * codes), middle = std::round(f(at + half) * codes);
    const T next = f(first + static_cast<T>(i + 1) * step) * codes;
    const T error = std::round((next + here) / 2) - middle;
    knots_[static_cast<std::size_t>(i)] = knot(here - std::round(error / 2));
  }
  knots_[kPieces] = knot(std::round(f(last) * codes));
}

template InterpolatedTable::InterpolatedTable(float, std::int32_t, float, std::int32_t,
                                              const std::function<float(float)>&);
template InterpolatedTable::InterpolatedTable(double, std::int32_t, double, std::int32_t,
                                              const std::function<double(double)>&);

std::int16_t InterpolatedTable::operator()(std::int16_t code) const {
  const auto index = static_cast<std::size_t>(256 + (code >> 7));
  const std::int32_t base = knots_[index];
  const auto slope = static_cast<std::int16_t>(static_cast<std::uint16_t>(knots_[index + 1] - base));
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(base + ((slope * (code & 127) + 64) >> 7)));
}

SigmoidTable::SigmoidTable() {
  const auto f = [](double i) { return 65536 / (1 + std::exp(-i / 24)); };
  for (int i = 0; i < 256; ++i) {
    const double error = (f(i + 1) + f(i)) / 2 - f(i + 0.5);  // of the straight line in the middle of the piece
    values_[static_cast<std::size_t>(i)] = static_cast<std::uint16_t>(std::min(std::round(f(i) - error / 2), 65535.0));
  }
  values_[255] = 65535;
}

std::int16_t SigmoidTable::logistic(std::int32_t scaled) const {
  const std::uint32_t magnitude = static_cast<std::uint32_t>(std::abs(scaled)), piece = magnitude >> 9;
  std::uint32_t value = 0x7FFF << 10;
  if (piece < 255) {
    const std::uint32_t a = values_[piece], b = values_[piece + 1];
    value = (a << 9) + (magnitude & 0x1FF) * (b - a);
  }
  value = scaled >= 0 ? value + (1 << 9) : (1 << 25) - value + (1 << 9) - 1;
  return static_cast<std::int16_t>(value >> 10);
}

std::int16_t SigmoidTable::tanh(std::int32_t scaled) const {
  const std::uint32_t magnitude = static_cast<std::uint32_t>(std::abs(scaled)), piece = magnitude >> 8;
  std::int32_t value = 0xFFFF << 8;
  if (piece < 255) {
    const std::uint32_t a = values_[piece], b = values_[piece + 1];
    value = static_cast<std::int32_t>((a << 8) + (magnitude & 0xFF) * (b - a));
  }
  value = scaled >= 0 ? value - (1 << 23) + (1 << 7) : -value + (1 << 23) + (1 << 7) - 1;
  return static_cast<std::int16_t>(value >> 8);
}

}  // namespace nputwin
