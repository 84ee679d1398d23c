// Convolutions as matrix products: blocks of output positions, their inputs as rows of 16-bit values (im2col), times
// the packed weights.

#include <algorithm>

#include "mac/backend.h"
#include "mac/cpu/packed_layer.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace packed_int16_conv {
namespace {

class PackedConv final : public MacKernel {
 public:
  PackedConv(MacLayer described, Epilogue epilogue, const Machine& machine)
      : MacKernel(std::move(described), std::move(epilogue)),
        g_(std::get<ConvTaps>(layer().taps)),
        kernels_(gemm_int16_pairs(machine.isa)),
        threads_(machine.threads) {
    const MacWeights& w = layer().weights;
    const auto per_group = static_cast<std::size_t>(g_.group_out() * g_.depth());
    const auto out = static_cast<std::size_t>(g_.group_out());
    for (std::size_t group = 0; group < static_cast<std::size_t>(g_.groups); ++group) {
      packed_.emplace_back(std::span(w.values).subspan(group * per_group, per_group), g_.group_out(), g_.depth(),
                           std::span(w.bias).subspan(group * out, out), static_cast<int>(group * out), kernels_);
    }
    stride_ = packed_[0].row_stride();
    // 128 KiB of rows stay in the second-level cache beside a panel of weights.
    const std::int64_t fitting = std::clamp<std::int64_t>((128 << 10) / (stride_ * 2), kernels_.rows, 96);
    block_ = std::min<std::int64_t>(fitting / kernels_.rows * kernels_.rows, g_.rows());
  }

  using MacKernel::run;
  [[nodiscard]] std::size_t scratch_bytes() const override { return slot_bytes() * static_cast<std::size_t>(threads_); }

  void run(const RunContext& context, Epilogues epilogues, Outputs outputs) const override {
    with_code_type(layer().type, [&](auto code) {
      const auto in = context.inputs[layer().activations_input].as<decltype(code)>();
      context.pool->parallel((g_.rows() + block_ - 1) / block_, [&](std::int64_t task, int slot) {
        std::byte* scratch = context.scratch.data() + static_cast<std::size_t>(slot) * slot_bytes();
        auto* rows = reinterpret_cast<std::int16_t*>(scratch);
        auto* acc = reinterpret_cast<std::int32_t*>(scratch + row_bytes());
        const std::int64_t first = task * block_, count = std::min(block_, g_.rows() - first);
        for (int group = 0; group < g_.groups; ++group) {
          for (std::int64_t r = 0; r < count; ++r) gather(in.data(), first + r, group, rows + r * stride_);
          const PackedLayer& packed = packed_[static_cast<std::size_t>(group)];
          for (std::int64_t piece = 0; piece < packed.pieces(); ++piece)
            packed.run(piece, rows, first, count, epilogues, outputs, acc);
        }
      });
    });
  }

 private:
  [[nodiscard]] std::size_t row_bytes() const {
    return align_up(static_cast<std::size_t>(block_ * stride_ + kVectorSlack) * sizeof(std::int16_t));
  }
  [[nodiscard]] std::size_t slot_bytes() const { return row_bytes() + PackedLayer::tile_bytes(kernels_); }

  /// One output position's input window as a row of depth() values, 0 outside the input. A vector may run past the end
  /// of what it writes, so the pieces are written front to back and the zeros come after them.
  template <typename T>
  void gather(const T* in, std::int64_t row, int group, std::int16_t* out) const {
    const auto& [y, x] = g_.window;
    const int ox = static_cast<int>(row % x.out), oy = static_cast<int>(row / x.out % y.out);
    const std::int64_t n = row / x.out / y.out;
    const auto zero = static_cast<std::int16_t>(layer().input_zero);
    const auto [i0, i1] = y.inside(oy);
    const auto [j0, j1] = x.inside(ox);
    const std::int64_t piece = g_.group_in, line = x.size * piece;
    const bool whole_line = x.dilation == 1 && g_.groups == 1;
    std::int16_t* const end = out + stride_;
    for (int i = 0; i < y.size; ++i, out += line) {
      if (i < i0 || i >= i1) {
        std::fill_n(out, line, std::int16_t{0});
        continue;
      }
      const std::int64_t base = (n * y.in + y.start(oy) + i * y.dilation) * x.in + x.start(ox);
      const T* codes = in + base * g_.channels_in + group * g_.group_in;
      std::fill_n(out, j0 * piece, std::int16_t{0});
      if (whole_line) {
        kernels_.widen(codes + j0 * piece, (j1 - j0) * piece, zero, out + j0 * piece);
      } else {
        for (int j = j0; j < j1; ++j)
          kernels_.widen(codes + std::int64_t{j} * x.dilation * g_.channels_in, piece, zero, out + j * piece);
      }
      std::fill_n(out + j1 * piece, (x.size - j1) * piece, std::int16_t{0});
    }
    std::fill(out, end, std::int16_t{0});
  }

  ConvTaps g_;
  GemmKernels kernels_;
  std::vector<PackedLayer> packed_;  // one a group
  std::int64_t stride_ = 0, block_ = 0;
  int threads_;
};

bool is_for(const Taps& taps) { return std::holds_alternative<ConvTaps>(taps); }
std::string refuses(const MacLayer& layer, const Machine& machine) {
  return refuses_int32_sums(layer, layer.weights.largest_accumulator, machine);
}
std::unique_ptr<MacKernel> make(MacLayer layer, Epilogue epilogue, const Machine& machine) {
  return std::make_unique<PackedConv>(std::move(layer), std::move(epilogue), machine);
}

}  // namespace
}  // namespace packed_int16_conv

const MacBackend& packed_int16_conv_backend() {
  static constexpr MacBackend kBackend{"packed_int16_conv", packed_int16_conv::is_for, packed_int16_conv::refuses,
                                       packed_int16_conv::make};
  return kBackend;
}

}  // namespace nputwin
