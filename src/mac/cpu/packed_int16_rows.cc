// Fully connected layers: all rows of inputs as 16-bit values, times the packed weights.

#include "mac/backend.h"
#include "mac/cpu/packed_layer.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace packed_int16_rows {
namespace {

class PackedRows final : public MacKernel {
 public:
  PackedRows(MacLayer described, Epilogue epilogue, const Machine& machine)
      : MacKernel(std::move(described), std::move(epilogue)),
        g_(std::get<RowTaps>(layer().taps)),
        kernels_(gemm_int16_pairs(machine.isa)),
        packed_(layer().weights.values, g_.channels_out, g_.depth, layer().weights.bias, 0, kernels_),
        threads_(machine.threads) {}

  using MacKernel::run;
  // All rows as 16-bit values, then a tile of accumulators for each thread.
  [[nodiscard]] std::size_t scratch_bytes() const override {
    return row_bytes() + PackedLayer::tile_bytes(kernels_) * static_cast<std::size_t>(threads_);
  }

  void run(const RunContext& context, Epilogues epilogues, Outputs outputs) const override {
    auto* rows = reinterpret_cast<std::int16_t*>(context.scratch.data());
    const std::int64_t stride = packed_.row_stride();
    with_code_type(layer().type, [&](auto code) {
      const auto* in = context.inputs[layer().activations_input].as<decltype(code)>().data();
      const auto zero_point = static_cast<std::int16_t>(layer().input_zero);
      for (std::int64_t r = 0; r < g_.rows; ++r) {
        kernels_.widen(in + r * g_.depth, g_.depth, zero_point, rows + r * stride);
        if (stride > g_.depth) rows[r * stride + g_.depth] = 0;
      }
    });
    context.pool->parallel(packed_.pieces(), [&](std::int64_t piece, int slot) {
      std::byte* tile =
          context.scratch.data() + row_bytes() + static_cast<std::size_t>(slot) * PackedLayer::tile_bytes(kernels_);
      packed_.run(piece, rows, 0, g_.rows, epilogues, outputs, reinterpret_cast<std::int32_t*>(tile));
    });
  }

 private:
  [[nodiscard]] std::size_t row_bytes() const {
    return align_up(static_cast<std::size_t>(g_.rows * packed_.row_stride() + kVectorSlack) * sizeof(std::int16_t));
  }

  RowTaps g_;
  GemmKernels kernels_;
  PackedLayer packed_;
  int threads_;
};

// Products of matrices are rows times columns too; it refuses those because their weights are computed.
bool is_for(const Taps& taps) {
  return std::holds_alternative<RowTaps>(taps) || std::holds_alternative<MatrixTaps>(taps);
}
std::string refuses(const MacLayer& layer, const Machine& machine) {
  if (std::string reason = refuses_int32_sums(layer, layer.weights.largest_accumulator, machine); !reason.empty())
    return reason;
  return std::holds_alternative<RowTaps>(layer.taps) ? "" : "it takes no broadcast matrices";
}
std::unique_ptr<MacKernel> make(MacLayer layer, Epilogue epilogue, const Machine& machine) {
  return std::make_unique<PackedRows>(std::move(layer), std::move(epilogue), machine);
}

}  // namespace
}  // namespace packed_int16_rows

const MacBackend& packed_int16_rows_backend() {
  static constexpr MacBackend kBackend{"packed_int16_rows", packed_int16_rows::is_for, packed_int16_rows::refuses,
                                       packed_int16_rows::make};
  return kBackend;
}

}  // namespace nputwin
