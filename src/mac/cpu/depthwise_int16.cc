// Depthwise convolutions of 8-bit codes, a run of pixels at a time, all channels. Raw codes are multiplied; the zero
// point's share, -zp_in * sum(w), is in the bias, and taps outside the input point to a row of zero points. With a
// channel multiplier the input's channels are repeated first, so that the rest sees as many input as output channels.

#include <fmt/format.h>

#include <algorithm>

#include "kernels/depthwise/depthwise.h"
#include "mac/backend.h"
#include "mac/cpu/packed_layer.h"

namespace nputwin {
namespace depthwise_int16 {
namespace {

class Depthwise final : public MacKernel {
 public:
  Depthwise(MacLayer described, Epilogue epilogue, const Machine& machine)
      : MacKernel(std::move(described), std::move(epilogue)),
        g_(std::get<DepthwiseTaps>(layer().taps)),
        kernels_(depthwise_int16_taps(machine.isa)),
        padded_(static_cast<int>(align_up(static_cast<std::size_t>(g_.channels_out), 32))),
        threads_(machine.threads) {
    const MacWeights& from = layer().weights;
    weights_.resize(static_cast<std::size_t>(g_.taps() * padded_));
    bias_.resize(static_cast<std::size_t>(padded_));
    std::ranges::transform(from.bias, bias_.begin(), [](std::int64_t b) { return static_cast<std::int32_t>(b); });
    for (int t = 0; t < g_.taps(); ++t) {
      for (int o = 0; o < g_.channels_out; ++o) {
        const std::int16_t w = from.values[static_cast<std::size_t>(t * g_.channels_out + o)];
        weights_[static_cast<std::size_t>(t * padded_ + o)] = w & 0xFFFF;  // the upper half of the lane stays clear
        bias_[static_cast<std::size_t>(o)] -= w * layer().input_zero;
      }
    }
  }

  using MacKernel::run;
  [[nodiscard]] std::size_t scratch_bytes() const override {
    return repeated_bytes() + slot_bytes() * static_cast<std::size_t>(threads_);
  }

  void run(const RunContext& context, Epilogues epilogues, Outputs outputs) const override {
    if (layer().type == DType::kUInt8) {
      run_codes<std::uint8_t>(context, epilogues, outputs);
    } else {
      run_codes<std::int8_t>(context, epilogues, outputs);
    }
  }

 private:
  static constexpr int kRun = 16;  // pixels whose accumulators are kept before they become codes together

  // Scratch: the input with repeated channels, then for each slot tap pointers, accumulators and a row of zero points.
  [[nodiscard]] std::size_t repeated_bytes() const {
    if (g_.multiplier() == 1) return 0;
    const std::int64_t pixels = std::int64_t{g_.batch} * g_.window.y.in * g_.window.x.in;
    return align_up(static_cast<std::size_t>(pixels * g_.channels_out + kVectorSlack));
  }
  [[nodiscard]] std::size_t pointer_bytes() const {
    return align_up(static_cast<std::size_t>(g_.taps()) * sizeof(void*));
  }
  [[nodiscard]] std::size_t acc_bytes() const {
    return static_cast<std::size_t>(kRun * padded_ + Requantizer::kPadding) * 4;
  }
  [[nodiscard]] std::size_t row_bytes() const { return static_cast<std::size_t>(padded_ + kVectorSlack); }
  [[nodiscard]] std::size_t slot_bytes() const { return align_up(pointer_bytes() + acc_bytes() + row_bytes()); }

  template <typename T>
  void run_codes(const RunContext& context, Epilogues epilogues, Outputs outputs) const {
    const auto in = context.inputs[layer().activations_input].as<T>();
    const T* codes = in.data();
    if (g_.multiplier() != 1) {
      auto* repeated = reinterpret_cast<T*>(context.scratch.data());
      for (std::size_t i = 0; i < in.size(); ++i)
        std::fill_n(repeated + i * static_cast<std::size_t>(g_.multiplier()), g_.multiplier(), in[i]);
      codes = repeated;
    }
    context.pool->parallel(g_.lines(), [&](std::int64_t line, int slot) {
      run_line(codes, line, epilogues, outputs,
               context.scratch.data() + repeated_bytes() + static_cast<std::size_t>(slot) * slot_bytes());
    });
  }

  void pixel(const std::int8_t* const* taps, std::int32_t* acc) const {
    kernels_.pixel_i8(taps, g_.taps(), weights_.data(), padded_, bias_.data(), g_.channels_out, acc);
  }
  void pixel(const std::uint8_t* const* taps, std::int32_t* acc) const {
    kernels_.pixel_u8(taps, g_.taps(), weights_.data(), padded_, bias_.data(), g_.channels_out, acc);
  }

  template <typename T>
  void run_line(const T* in, std::int64_t line, Epilogues epilogues, Outputs outputs, std::byte* scratch) const {
    const auto& [y, x] = g_.window;
    const auto** taps = reinterpret_cast<const T**>(scratch);
    auto* acc = reinterpret_cast<std::int32_t*>(scratch + pointer_bytes());
    auto* outside = reinterpret_cast<T*>(scratch + pointer_bytes() + acc_bytes());
    std::fill_n(outside, row_bytes(), static_cast<T>(layer().input_zero));
    const int oy = static_cast<int>(line % y.out);
    const auto [i0, i1] = y.inside(oy);
    const std::int64_t step = std::int64_t{x.stride} * g_.channels_out;
    bool inside_before = false;  // the pixel before had its whole window inside: only move the pointers
    for (int ox = 0; ox < x.out; ++ox) {
      const auto [j0, j1] = x.inside(ox);
      const bool whole = j0 == 0 && j1 == x.size;
      if (whole && inside_before) {
        for (int i = i0; i < i1; ++i) {
          for (int j = 0; j < x.size; ++j) taps[i * x.size + j] += step;
        }
      } else {
        point(taps, in, outside, line, ox);
      }
      inside_before = whole;
      const int kept = ox % kRun;
      pixel(taps, acc + kept * padded_);
      if (kept + 1 < kRun && ox + 1 < x.out) continue;
      const SumBlock sums{acc, padded_, line * x.out + ox - kept, kept + 1, 0, g_.channels_out};
      for (std::size_t k = 0; k < epilogues.size(); ++k) epilogues[k]->run(sums, outputs[k].bytes.data());
    }
  }

  /// The taps of one pixel of a line.
  template <typename T>
  void point(const T** taps, const T* in, const T* outside, std::int64_t line, int ox) const {
    const auto& [y, x] = g_.window;
    const int oy = static_cast<int>(line % y.out);
    const auto [i0, i1] = y.inside(oy);
    const auto [j0, j1] = x.inside(ox);
    for (int i = 0, t = 0; i < y.size; ++i) {
      const std::int64_t base = (line / y.out * y.in + y.start(oy) + i * y.dilation) * x.in + x.start(ox);
      for (int j = 0; j < x.size; ++j, ++t) {
        const bool inside = i >= i0 && i < i1 && j >= j0 && j < j1;
        taps[t] = inside ? in + (base + j * x.dilation) * g_.channels_out : outside;
      }
    }
  }

  DepthwiseTaps g_;
  DepthwiseKernels kernels_;
  int padded_;                                // channels in whole vectors
  std::vector<std::int32_t> weights_, bias_;  // padded
  int threads_;
};

bool is_for(const Taps& taps) { return std::holds_alternative<DepthwiseTaps>(taps); }
std::string refuses(const MacLayer& layer, const Machine& machine) {
  if (std::string reason = refuses_int32_sums(layer, layer.weights.largest_raw, machine); !reason.empty())
    return reason;
  return is_8bit(layer.type) ? "" : fmt::format("it takes 8-bit codes, the layer has {}", name(layer.type));
}
std::unique_ptr<MacKernel> make(MacLayer layer, Epilogue epilogue, const Machine& machine) {
  return std::make_unique<Depthwise>(std::move(layer), std::move(epilogue), machine);
}

}  // namespace
}  // namespace depthwise_int16

const MacBackend& depthwise_int16_backend() {
  static constexpr MacBackend kBackend{"depthwise_int16", depthwise_int16::is_for, depthwise_int16::refuses,
                                       depthwise_int16::make};
  return kBackend;
}

}  // namespace nputwin
