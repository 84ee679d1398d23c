#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/resize/resize.h"
#include "tensor/shape.h"

namespace nputwin {

/// RESIZE_BILINEAR of 8-bit codes, a line at a time (kernels/resize/resize.h). Output rows that follow each other lie
/// between the same two input rows, or share one: each thread keeps the two that it has stretched to the output's width
/// last.
class ResizeLines {
 public:
  /// Where an output row lies: `weight` in integers, `fraction` in binary32, of the bottom one.
  struct Row {
    std::int32_t top = 0, bottom = 0, weight = 0;
    float fraction = 0;
  };

  /// `fractions`: of the right neighbour of each column, for binary32. `one_bits` 0: binary32 by `blend`.
  ResizeLines(const ResizeKernels& kernels, std::vector<Row> rows, std::vector<ResizeColumn> columns,
              const std::vector<float>& fractions, std::int64_t channels, int one_bits, bool away,
              ResizeKernels::Blend blend, int threads)
      : kernels_(kernels),
        rows_(std::move(rows)),
        columns_(std::move(columns)),
        channels_(channels),
        one_bits_(one_bits),
        away_(away),
        blend_(blend),
        threads_(threads) {
    if (one_bits_ > 0) return;
    fractions_.reserve(static_cast<std::size_t>(line()));
    for (const float fraction : fractions)
      fractions_.insert(fractions_.end(), static_cast<std::size_t>(channels_), fraction);
    fractions_.resize(static_cast<std::size_t>(line()));
  }

  [[nodiscard]] std::size_t scratch_bytes() const {
    return static_cast<std::size_t>(threads_) * 4 * static_cast<std::size_t>(line()) * sizeof(float);
  }

  template <typename T>
  void run(const RunContext& context) const {
    const T* in = context.inputs[0].as<T>().data();
    T* out = context.outputs[0].as<T>().data();
    const Shape& shape = context.inputs[0].spec->shape;
    const std::int64_t image = std::int64_t{shape[1]} * shape[2] * shape[3];
    const auto height = static_cast<std::int64_t>(rows_.size());
    // A thread alone makes each line once; several make those between two bands twice.
    const std::int64_t bands = threads_ == 1 ? 1 : std::min<std::int64_t>(height, 4 * std::int64_t{threads_});
    context.pool->parallel(shape[0] * bands, [&](std::int64_t task, int slot) {
      const std::int64_t n = task / bands, band = task % bands;
      Lines lines(reinterpret_cast<float*>(context.scratch.data()) + std::int64_t{slot} * 4 * line(), line());
      for (std::int64_t y = height * band / bands; y < height * (band + 1) / bands; ++y) {
        const Row& row = rows_[static_cast<std::size_t>(y)];
        const auto [top, bottom] = lines.of(row.top, row.bottom, [&](std::int64_t number, float* to) {
          stretch(in + n * image + number * shape[2] * channels_, to);
        });
        make(row, top, bottom, out + (n * height + y) * width() * channels_);
      }
    });
  }

 private:
  /// Two stretched input rows, each of two lines: in binary32 the left and the right neighbours, else the first is one
  /// of int32.
  class Lines {
   public:
    Lines(float* memory, std::int64_t line) : memory_{memory, memory + 2 * line} {}

    template <typename Make>
    std::pair<float*, float*> of(std::int64_t top, std::int64_t bottom, Make&& make) {
      int t = find(top);
      const int b = find(bottom);
      if (t < 0) fill(t = b == 0 ? 1 : 0, top, make);
      if (bottom == top) return {memory_[t], memory_[t]};
      if (b < 0) fill(1 - t, bottom, make);
      return {memory_[t], memory_[1 - t]};
    }

   private:
    [[nodiscard]] int find(std::int64_t row) const { return row == held_[0] ? 0 : row == held_[1] ? 1 : -1; }
    template <typename Make>
    void fill(int place, std::int64_t row, Make& make) {
      make(row, memory_[place]);
      held_[place] = row;
    }

    float* memory_[2];
    std::int64_t held_[2] = {-1, -1};
  };

  [[nodiscard]] std::int64_t width() const { return static_cast<std::int64_t>(columns_.size()); }
  [[nodiscard]] std::int64_t line() const { return width() * channels_ + kResizeSpill; }

  template <typename T>
  void stretch(const T* row, float* to) const {
    if (one_bits_ > 0) {
      kernels_.of(row).columns(row, columns_.data(), width(), channels_, one_bits_,
                               reinterpret_cast<std::int32_t*>(to));
    } else if constexpr (std::is_unsigned_v<T>) {
      kernels_.corners(row, columns_.data(), width(), channels_, to, to + line());
    }
  }
  template <typename T>
  void make(const Row& row, const float* top, const float* bottom, T* out) const {
    const std::int64_t count = width() * channels_;
    if (one_bits_ > 0) {
      kernels_.of(out).rows(reinterpret_cast<const std::int32_t*>(top), reinterpret_cast<const std::int32_t*>(bottom),
                            count, one_bits_, row.weight, away_, out);
    } else if constexpr (std::is_unsigned_v<T>) {
      blend_(top, top + line(), bottom, bottom + line(), fractions_.data(), row.fraction, count, out);
    }
  }

  ResizeKernels kernels_;
  std::vector<Row> rows_;
  std::vector<ResizeColumn> columns_;
  std::vector<float> fractions_;  // for each element of a line
  std::int64_t channels_;
  int one_bits_;
  bool away_;
  ResizeKernels::Blend blend_;
  int threads_;
};

}  // namespace nputwin
