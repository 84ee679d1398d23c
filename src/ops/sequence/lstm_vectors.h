#pragma once

#include <algorithm>

#include "kernels/dot/dot.h"
#include "kernels/multiply/multiply.h"
#include "kernels/sigmoid/sigmoid.h"
#include "ops/sequence/lstm_parameters.h"

namespace nputwin::ops::unidirectional_sequence_lstm {

/// What a step needs beside its result. `x`, `h` and `hidden16` have zeros behind them.
struct Scratch {
  /// Without memory only `bytes` is told.
  Scratch(const Parameters& p, std::byte* memory) {
    const auto take = [&]<typename T>(T*& part, std::size_t count) {
      if (memory != nullptr) part = reinterpret_cast<T*>(memory + bytes);
      bytes += (count * sizeof(T) + 63) / 64 * 64;
    };
    constexpr auto kPadding = static_cast<std::size_t>(kDotPadding);
    take(of_x, std::max(p.cells, p.outputs)), take(of_h, p.cells);
    for (auto& gate : gates) take(gate, p.cells);
    take(x, p.inputs + kPadding), take(h, p.outputs + kPadding), take(hidden16, p.cells + kPadding);
    take(hidden, p.cells);
  }

  std::size_t bytes = 0;
  std::int32_t *of_x = nullptr, *of_h = nullptr;
  std::int16_t *gates[4] = {}, *x = nullptr, *h = nullptr, *hidden16 = nullptr;
  std::int8_t* hidden = nullptr;
};

inline void widen(const std::int8_t* codes, std::size_t count, std::int16_t* out) {
  std::fill_n(std::copy_n(codes, count, out), kDotPadding, std::int16_t{0});
}

/// The parts of a step that vectors compute, each for all cells.
struct Vectors {
  Vectors(const Parameters& p, const Isa& isa) {
    for (const Gate which : {kInput, kForget, kCell, kOutput}) {
      of_x[which] = ManyMultiply(p.multiply, p.gates[which].input.scale, isa);
      of_h[which] = ManyMultiply(p.multiply, p.gates[which].recurrent.scale, isa);
    }
    hidden = ManyMultiply(p.multiply, p.hidden, isa);
    if (isa.scalar()) {
      form.refused.push_back({"dot_rows", kScalarAskedFor});
      return;
    }
    form = {"dot_rows", isa.name, {}, {}};
    dots = dot_rows(isa);
    if (p.by_tables) return;
    divide = multiply_int32(isa).divide;
    functions = sigmoid_fixed16(isa);
  }

  std::array<ManyMultiply, 4> of_x, of_h;  // by gate
  ManyMultiply hidden;
  DotKernels dots{dot_rows_scalar, nullptr};
  decltype(MultiplyKernels::divide) divide = nullptr;  // null: by the definition, as the functions
  SigmoidKernels functions;
  KernelForm form;
};

}  // namespace nputwin::ops::unidirectional_sequence_lstm
