#pragma once

#include <cstdint>
#include <variant>

#include "kernels/copy/broadcast_walk.h"
#include "mac/window.h"

namespace nputwin {

/// Neighbouring products of one sum: input[input + i*input_step] * weight[weight + i*weight_step], i < count; flat
/// indices of the tensors.
struct TapRun {
  std::int64_t input, weight, count;
  std::int64_t input_step = 1, weight_step = 1;
};

// Which inputs meet which weights in the sum of each output element. for_each_run(element, f) calls f(TapRun) for each
// run of neighbours; `row_elements`: the output elements of one row, which are computed together.

/// A convolution, NHWC, weights [O, H, W, C / groups]; grouped and dilated.
struct ConvTaps {
  Window window;
  int batch = 1, channels_in = 0, channels_out = 0, group_in = 0, groups = 1;

  [[nodiscard]] int group_out() const { return channels_out / groups; }
  [[nodiscard]] std::int64_t rows() const { return std::int64_t{batch} * window.y.out * window.x.out; }
  [[nodiscard]] std::int64_t depth() const { return std::int64_t{window.y.size} * window.x.size * group_in; }
  [[nodiscard]] std::int64_t row_elements() const { return channels_out; }
  bool operator==(const ConvTaps&) const = default;

  template <typename F>
  void for_each_run(std::int64_t element, F&& f) const {
    const auto& [y, x] = window;
    const std::int64_t o = element % channels_out, row = element / channels_out;
    const int ox = static_cast<int>(row % x.out), oy = static_cast<int>(row / x.out % y.out);
    const std::int64_t n = row / x.out / y.out, first_channel = o / group_out() * group_in;
    const auto [i0, i1] = y.inside(oy);
    const auto [j0, j1] = x.inside(ox);
    for (int i = i0; i < i1; ++i) {
      for (int j = j0; j < j1; ++j) {
        const std::int64_t pixel = (n * y.in + y.start(oy) + i * y.dilation) * x.in + x.start(ox) + j * x.dilation;
        f(TapRun{pixel * channels_in + first_channel, ((o * y.size + i) * x.size + j) * group_in, group_in});
      }
    }
  }
};

/// A convolution of each input channel alone, weights [1, H, W, C * multiplier].
struct DepthwiseTaps {
  Window window;
  int batch = 1, channels_in = 0, channels_out = 0;

  [[nodiscard]] int multiplier() const { return channels_out / channels_in; }
  [[nodiscard]] std::int64_t lines() const { return std::int64_t{batch} * window.y.out; }
  [[nodiscard]] int taps() const { return window.y.size * window.x.size; }
  [[nodiscard]] std::int64_t row_elements() const { return channels_out; }
  bool operator==(const DepthwiseTaps&) const = default;

  template <typename F>
  void for_each_run(std::int64_t element, F&& f) const {
    const auto& [y, x] = window;
    const std::int64_t o = element % channels_out, pixel = element / channels_out;
    const int ox = static_cast<int>(pixel % x.out), oy = static_cast<int>(pixel / x.out % y.out);
    const std::int64_t n = pixel / x.out / y.out;
    const auto [i0, i1] = y.inside(oy);
    const auto [j0, j1] = x.inside(ox);
    for (int i = i0; i < i1; ++i) {
      for (int j = j0; j < j1; ++j) {
        const std::int64_t at = (n * y.in + y.start(oy) + i * y.dilation) * x.in + x.start(ox) + j * x.dilation;
        f(TapRun{at * channels_in + o / multiplier(), std::int64_t{i * x.size + j} * channels_out + o, 1});
      }
    }
  }
};

/// The gradient of a convolution, weights [O, H, W, C]: each input pixel adds to the output pixels under its window.
struct TransposedTaps {
  Window window;  ///< of the convolution that leads from the output to the input: its `in` is the output's size
  int batch = 1, channels_in = 0, channels_out = 0;

  [[nodiscard]] std::int64_t lines() const { return std::int64_t{batch} * window.y.in; }
  [[nodiscard]] std::int64_t row_elements() const { return channels_out; }
  bool operator==(const TransposedTaps&) const = default;

  /// The filter places of one axis that reach output position `o`, each with the input position it comes from.
  template <typename F>
  static void for_each_source(const WindowAxis& axis, int o, F&& f) {
    for (int i = 0; i < axis.size; ++i) {
      const int at = o + axis.before - i;
      if (at >= 0 && at % axis.stride == 0 && at / axis.stride < axis.out) f(i, at / axis.stride);
    }
  }

  template <typename F>
  void for_each_run(std::int64_t element, F&& f) const {
    const WindowAxis &y = window.y, &x = window.x;
    const std::int64_t o = element % channels_out, pixel = element / channels_out, n = pixel / x.in / y.in;
    for_each_source(y, static_cast<int>(pixel / x.in % y.in), [&](int i, int iy) {
      for_each_source(x, static_cast<int>(pixel % x.in), [&](int j, int ix) {
        f(TapRun{((n * y.out + iy) * x.out + ix) * channels_in, ((o * y.size + i) * x.size + j) * channels_in,
                 channels_in});
      });
    });
  }
};

/// Rows of inputs times rows of weights: input [rows, depth], weights [O, depth].
struct RowTaps {
  std::int64_t rows = 0, depth = 0;
  int channels_out = 0;

  [[nodiscard]] std::int64_t row_elements() const { return channels_out; }
  bool operator==(const RowTaps&) const = default;

  template <typename F>
  void for_each_run(std::int64_t element, F&& f) const {
    f(TapRun{element / channels_out * depth, element % channels_out * depth, depth});
  }
};

/// Products of matrices a [rows, depth] and b [depth, columns], one for each pair of matrices that `walk` visits.
struct MatrixTaps {
  std::int64_t rows = 0, depth = 0, columns = 0;
  bool swap_a = false, swap_b = false;  ///< stored as [depth, rows] and [columns, depth]
  BroadcastWalk walk;                   ///< over matrices

  [[nodiscard]] std::int64_t row_elements() const { return columns; }
  bool operator==(const MatrixTaps&) const = default;

  template <typename F>
  void for_each_run(std::int64_t element, F&& f) const {
    const std::int64_t j = element % columns, row = element / columns % rows, matrix = element / columns / rows;
    const std::int64_t n = walk.run(), r = matrix / n, i = matrix % n;
    const std::int64_t a = (walk.start_a(r) + i * walk.step_a()) * rows * depth;
    const std::int64_t b = (walk.start_b(r) + i * walk.step_b()) * depth * columns;
    f(TapRun{a + (swap_a ? row : row * depth), b + (swap_b ? j * depth : j), depth, swap_a ? rows : 1,
             swap_b ? 1 : columns});
  }
};

using Taps = std::variant<ConvTaps, DepthwiseTaps, TransposedTaps, RowTaps, MatrixTaps>;

}  // namespace nputwin
