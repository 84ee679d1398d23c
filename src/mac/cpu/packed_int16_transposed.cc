// Transposed convolutions, one output line at a time: the input lines that reach it as rows of 16-bit values, times the
// filter row's weights for all its places, the products added where they belong.

#include <algorithm>

#include "mac/backend.h"
#include "mac/cpu/packed_layer.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace packed_int16_transposed {
namespace {

class PackedTransposed final : public MacKernel {
 public:
  PackedTransposed(MacLayer described, Epilogue epilogue, const Machine& machine)
      : MacKernel(std::move(described), std::move(epilogue)),
        g_(std::get<TransposedTaps>(layer().taps)),
        kernels_(gemm_int16_pairs(machine.isa)),
        threads_(machine.threads) {
    const WindowAxis &y = g_.window.y, &x = g_.window.x;
    for (const std::int64_t b : layer().weights.bias) bias_.push_back(static_cast<std::int32_t>(b));
    const std::int64_t columns = std::int64_t{x.size} * g_.channels_out;
    zeros_.resize(static_cast<std::size_t>(columns + GemmKernels::kPanels * kernels_.panel));
    const auto weights = layer().weights.values.begin();
    for (int i = 0; i < y.size; ++i) {
      std::vector<std::int16_t> row;  // [place j][channel o][c]
      for (int j = 0; j < x.size; ++j) {
        for (int o = 0; o < g_.channels_out; ++o) {
          const auto from = weights + ((std::int64_t{o} * y.size + i) * x.size + j) * g_.channels_in;
          row.insert(row.end(), from, from + g_.channels_in);
        }
      }
      packed_.emplace_back(row, columns, g_.channels_in, kernels_.panel);
    }
  }

  using MacKernel::run;
  [[nodiscard]] std::size_t scratch_bytes() const override { return slot_bytes() * static_cast<std::size_t>(threads_); }

  void run(const RunContext& context, Epilogues epilogues, Outputs outputs) const override {
    const WindowAxis &y = g_.window.y, &x = g_.window.x;
    with_code_type(layer().type, [&](auto code) {
      const auto* in = context.inputs[layer().activations_input].as<decltype(code)>().data();
      context.pool->parallel(g_.lines(), [&](std::int64_t line, int slot) {
        std::byte* scratch = context.scratch.data() + static_cast<std::size_t>(slot) * slot_bytes();
        auto* rows = reinterpret_cast<std::int16_t*>(scratch);
        auto* tile = reinterpret_cast<std::int32_t*>(scratch + row_bytes());
        auto* acc = reinterpret_cast<std::int32_t*>(scratch + row_bytes() + PackedLayer::tile_bytes(kernels_));
        const std::int64_t width = std::int64_t{x.in} * g_.channels_out;
        for (std::int64_t k = 0; k < width; k += g_.channels_out) std::copy(bias_.begin(), bias_.end(), acc + k);
        TransposedTaps::for_each_source(y, static_cast<int>(line % y.in), [&](int i, int iy) {
          const std::int64_t source = line / y.in * y.out + iy;
          widen(in + source * x.out * g_.channels_in, rows);
          add(packed_[static_cast<std::size_t>(i)], rows, tile, acc);
        });
        const SumBlock sums{acc, g_.channels_out, line * x.in, x.in, 0, g_.channels_out};
        for (std::size_t k = 0; k < epilogues.size(); ++k) epilogues[k]->run(sums, outputs[k].bytes.data());
      });
    });
  }

 private:
  [[nodiscard]] std::int64_t stride() const { return packed_[0].pairs() * 2; }
  [[nodiscard]] std::size_t row_bytes() const {
    return align_up(static_cast<std::size_t>(g_.window.x.out * stride() + kVectorSlack) * sizeof(std::int16_t));
  }
  [[nodiscard]] std::size_t slot_bytes() const {
    const std::int64_t accumulators = std::int64_t{g_.window.x.in} * g_.channels_out + Requantizer::kPadding;
    return row_bytes() + PackedLayer::tile_bytes(kernels_) +
           align_up(static_cast<std::size_t>(accumulators) * sizeof(std::int32_t));
  }

  template <typename T>
  void widen(const T* codes, std::int16_t* rows) const {
    const auto zero = static_cast<std::int16_t>(layer().input_zero);
    for (int ix = 0; ix < g_.window.x.out; ++ix) {
      std::int16_t* row = rows + ix * stride();
      kernels_.widen(codes + std::int64_t{ix} * g_.channels_in, g_.channels_in, zero, row);
      if (stride() > g_.channels_in) row[g_.channels_in] = 0;
    }
  }

  void add(const PackedMatrix& weights, const std::int16_t* rows, std::int32_t* tile, std::int32_t* acc) const {
    const WindowAxis& x = g_.window.x;
    const int columns = x.size * g_.channels_out;
    for (std::int64_t p = 0; p < weights.panels(); p += GemmKernels::kPanels) {
      const int panels = static_cast<int>(std::min<std::int64_t>(GemmKernels::kPanels, weights.panels() - p));
      const int begin = static_cast<int>(p) * kernels_.panel;
      const int count = std::min(panels * kernels_.panel, columns - begin);
      for (int first = 0; first < x.out; first += kernels_.rows) {
        const int some = std::min(kernels_.rows, x.out - first);
        kernels_.multiply(rows + first * stride(), stride(), some, weights.panel_data(p), panels, weights.pairs(),
                          zeros_.data(), tile, kernels_.tile_columns());
        for (int r = 0; r < some; ++r) scatter(tile + r * kernels_.tile_columns(), first + r, begin, count, acc);
      }
    }
  }

  /// Columns [begin, begin + count) of one input pixel's products, in pieces that belong to one output pixel.
  void scatter(const std::int32_t* products, int ix, int begin, int count, std::int32_t* acc) const {
    const WindowAxis& x = g_.window.x;
    for (int k = 0; k < count;) {
      const int j = (begin + k) / g_.channels_out, o = (begin + k) % g_.channels_out;
      const int piece = std::min(count - k, g_.channels_out - o), ox = ix * x.stride - x.before + j;
      if (ox >= 0 && ox < x.in) {
        std::int32_t* to = acc + std::int64_t{ox} * g_.channels_out + o;
        for (int c = 0; c < piece; ++c) to[c] += products[k + c];
      }
      k += piece;
    }
  }

  TransposedTaps g_;
  GemmKernels kernels_;
  std::vector<PackedMatrix> packed_;  // one a filter row
  std::vector<std::int32_t> bias_, zeros_;
  int threads_;
};

bool is_for(const Taps& taps) { return std::holds_alternative<TransposedTaps>(taps); }
std::string refuses(const MacLayer& layer, const Machine& machine) {
  return refuses_int32_sums(layer, layer.weights.largest_accumulator, machine);
}
std::unique_ptr<MacKernel> make(MacLayer layer, Epilogue epilogue, const Machine& machine) {
  return std::make_unique<PackedTransposed>(std::move(layer), std::move(epilogue), machine);
}

}  // namespace
}  // namespace packed_int16_transposed

const MacBackend& packed_int16_transposed_backend() {
  static constexpr MacBackend kBackend{"packed_int16_transposed", packed_int16_transposed::is_for,
                                       packed_int16_transposed::refuses, packed_int16_transposed::make};
  return kBackend;
}

}  // namespace nputwin
