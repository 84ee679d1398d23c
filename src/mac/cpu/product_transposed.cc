// Transposed convolutions: the outputs whose places are equal modulo the stride are a convolution of their own, by
// every stride-th place of the filter, turned around.

#include <algorithm>

#include "mac/backend.h"
#include "mac/cpu/input_rows.h"
#include "mac/cpu/product_layer.h"

namespace nputwin {
namespace product_transposed {
namespace {

using KernelsOf = ProductKernels (*)(const Isa&);

/// One axis of the outputs at places p + stride * t, t < count: they read the inputs first + t up to
/// first + t + size - 1, by the filter's places tap(0), tap(1) and so on, of which the last is `phase`.
struct Phase {
  int phase = 0, stride = 1, size = 0;
  int place = 0, count = 0, first = 0;

  Phase(const WindowAxis& axis, int of) : phase(of), stride(axis.stride) {
    size = phase < axis.size ? (axis.size - phase - 1) / stride + 1 : 0;
    place = ((phase - axis.before) % stride + stride) % stride;
    count = axis.in > place ? (axis.in - place - 1) / stride + 1 : 0;
    first = (place + axis.before - phase) / stride - (size - 1);
  }
  [[nodiscard]] int tap(int k) const { return phase + (size - 1 - k) * stride; }
};

/// Pixels of padding before and behind the inputs of an axis.
struct Reach {
  int before = 0, after = 0;

  explicit Reach(const WindowAxis& axis) {
    for (int f = 0; f < axis.stride; ++f) {
      const Phase p(axis, f);
      before = std::max(before, -p.first);
      after = std::max(after, p.first + p.count - 1 + p.size - axis.out);
    }
  }
};

class ProductTransposed final : public MacKernel {
 public:
  ProductTransposed(MacLayer described, Epilogue epilogue, const Machine& machine, KernelsOf kernels_of)
      : MacKernel(std::move(described), std::move(epilogue)),
        g_(std::get<TransposedTaps>(layer().taps)),
        kernels_(kernels_of(machine.isa)),
        reach_(g_.window.x),
        input_(kernels_, layer().type, layer().input_zero, g_.channels_in, reach_.before, g_.window.x.out,
               reach_.after),
        threads_(machine.threads) {
    const WindowAxis &y = g_.window.y, &x = g_.window.x;
    for (int fy = 0; fy < y.stride; ++fy) {
      for (int fx = 0; fx < x.stride; ++fx) pack(Phase(y, fy), Phase(x, fx));
    }
    window_sums_ = std::ranges::any_of(packed_, &ProductLayer::needs_window_sums);
    band_ = std::max(1, std::min(y.in, threads_ == 1 ? 16 : (y.in + 2 * threads_ - 1) / (2 * threads_)));
    bands_of_image_ = (y.in + band_ - 1) / band_;
  }

  using MacKernel::run;
  [[nodiscard]] std::size_t scratch_bytes() const override { return slot_bytes() * static_cast<std::size_t>(threads_); }

  void run(const RunContext& context, Epilogues epilogues, Outputs outputs) const override {
    const std::byte* in = context.inputs[layer().activations_input].bytes.data();
    const LayerOutputs to{epilogues, outputs};
    context.pool->parallel(std::int64_t{bands_of_image_} * g_.batch, [&](std::int64_t band, int slot) {
      run_band(in, static_cast<int>(band / bands_of_image_), static_cast<int>(band % bands_of_image_) * band_, to,
               context.scratch.data() + static_cast<std::size_t>(slot) * slot_bytes());
    });
  }

 private:
  void pack(const Phase& y, const Phase& x) {
    const LayerValues& from = layer().weights.values;
    std::vector<std::int16_t> weights;
    weights.reserve(static_cast<std::size_t>(g_.channels_out) * static_cast<std::size_t>(y.size * x.size) *
                    static_cast<std::size_t>(g_.channels_in));
    for (int o = 0; o < g_.channels_out; ++o) {
      for (int i = 0; i < y.size; ++i) {
        for (int j = 0; j < x.size; ++j) {
          const std::ptrdiff_t place =
              ((std::ptrdiff_t{o} * g_.window.y.size + y.tap(i)) * g_.window.x.size + x.tap(j)) * g_.channels_in;
          weights.insert(weights.end(), from.begin() + place, from.begin() + place + g_.channels_in);
        }
      }
    }
    packed_.emplace_back(
        std::make_shared<const PackedWeights>(weights, g_.channels_out, y.size, std::int64_t{x.size} * g_.channels_in,
                                              kernels_, ProductKernels::kPanelVectors),
        layer().weights.bias, 0, InputRows::zero_value(kernels_, layer().type, layer().input_zero), kernels_);
  }

  // Scratch of a slot: rows of values, pointers to them, sums of pixels, and of windows.
  /// Rows of the input that a band reads, at most.
  [[nodiscard]] int most_rows() const {
    const WindowAxis& y = g_.window.y;
    return (band_ + y.stride - 1) / y.stride + 1 + (y.size + y.stride - 1) / y.stride;
  }
  [[nodiscard]] std::size_t pointer_bytes() const {
    return align_up(static_cast<std::size_t>(g_.window.y.size) * sizeof(void*));
  }
  [[nodiscard]] std::size_t pixel_sum_bytes() const {
    return window_sums_ ? align_up(static_cast<std::size_t>(std::int64_t{most_rows()} * input_.width()) * 4) : 0;
  }
  [[nodiscard]] std::size_t window_sum_bytes() const {
    return window_sums_ ? align_up(static_cast<std::size_t>(g_.window.x.in) * 4) : 0;
  }
  [[nodiscard]] std::size_t slot_bytes() const {
    return input_.bytes(most_rows()) + pointer_bytes() + pixel_sum_bytes() + window_sum_bytes();
  }

  void run_band(const std::byte* in, int image, int first, const LayerOutputs& to, std::byte* scratch) const {
    const WindowAxis &y = g_.window.y, &x = g_.window.x;
    const int last = std::min(first + band_, y.in) - 1;
    const int top = (first + y.before) / y.stride - (y.size + y.stride - 1) / y.stride + 1;
    const int rows = (last + y.before) / y.stride - top + 1;
    const std::size_t image_bytes = static_cast<std::size_t>(y.out) * static_cast<std::size_t>(x.out) *
                                    static_cast<std::size_t>(g_.channels_in) * size_of(layer().type);
    input_.fill(in + static_cast<std::size_t>(image) * image_bytes, y.out, top, rows, scratch);
    auto** pointers = reinterpret_cast<const std::byte**>(scratch + input_.bytes(most_rows()));
    auto* pixels = reinterpret_cast<std::int32_t*>(reinterpret_cast<std::byte*>(pointers) + pointer_bytes());
    auto* windows = reinterpret_cast<std::int32_t*>(reinterpret_cast<std::byte*>(pixels) + pixel_sum_bytes());
    for (int r = 0; window_sums_ && r < rows; ++r) {
      kernels_.sum_values(scratch + static_cast<std::size_t>(r) * input_.row_bytes(), input_.width(),
                          input_.pixel_bytes(), g_.channels_in, pixels + std::ptrdiff_t{r} * input_.width());
    }
    for (int oy = first; oy <= last; ++oy) {
      const int fy = (oy + y.before) % y.stride, size = Phase(y, fy).size;
      const int source = (oy + y.before) / y.stride - (size - 1) - top;
      for (int fx = 0; fx < x.stride; ++fx) {
        const Phase p(x, fx);
        if (p.count == 0) continue;
        const ProductLayer& packed = packed_[static_cast<std::size_t>(fy * x.stride + fx)];
        const int column = reach_.before + p.first;
        for (int i = 0; i < size; ++i) {
          pointers[i] =
              scratch + static_cast<std::size_t>(source + i) * input_.row_bytes() + column * input_.pixel_bytes();
        }
        if (packed.needs_window_sums())
          sum_windows(pixels + std::ptrdiff_t{source} * input_.width() + column, size, p, windows);
        const OutputLine line{pointers, input_.pixel_bytes(),
                              p.count,  (std::int64_t{image} * y.in + oy) * x.in + p.place,
                              x.stride, windows};
        for (int panel = 0; panel < packed.panels(); ++panel) packed.run(panel, line, to);
      }
    }
  }

  void sum_windows(const std::int32_t* pixels, int rows, const Phase& x, std::int32_t* windows) const {
    for (int t = 0; t < x.count; ++t) {
      windows[t] = 0;
      for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < x.size; ++j) windows[t] += pixels[std::ptrdiff_t{i} * input_.width() + t + j];
      }
    }
  }

  TransposedTaps g_;
  ProductKernels kernels_;
  Reach reach_;
  InputRows input_;
  std::vector<ProductLayer> packed_;  // [phase of y][phase of x]
  bool window_sums_ = false;
  int band_ = 1, bands_of_image_ = 1;
  int threads_;
};

bool is_for(const Taps& taps) { return std::holds_alternative<TransposedTaps>(taps); }

std::string refuses(const MacLayer& layer, const Machine& machine) {
  if (std::string reason = refuses_packed_weights(layer, machine); !reason.empty()) return reason;
  return refuses_weights(layer.weights.values.all(), std::get<TransposedTaps>(layer.taps).channels_out);
}

std::string refuses_as_bytes(const MacLayer& layer, const Machine& machine) {
  if (std::string reason = refuses(layer, machine); !reason.empty()) return reason;
  return refuses_bytes(layer, machine);
}

}  // namespace
}  // namespace product_transposed

const MacBackend& bytes_transposed_backend() {
  using namespace product_transposed;
  static constexpr MacBackend kBackend{
      "bytes_transposed", is_for, refuses_as_bytes,
      [](MacLayer layer, Epilogue epilogue, const Machine& machine) -> std::unique_ptr<MacKernel> {
        return std::make_unique<ProductTransposed>(std::move(layer), std::move(epilogue), machine, product_bytes);
      }};
  return kBackend;
}

const MacBackend& int16_transposed_backend() {
  using namespace product_transposed;
  static constexpr MacBackend kBackend{
      "int16_transposed", is_for, refuses,
      [](MacLayer layer, Epilogue epilogue, const Machine& machine) -> std::unique_ptr<MacKernel> {
        return std::make_unique<ProductTransposed>(std::move(layer), std::move(epilogue), machine, product_int16);
      }};
  return kBackend;
}

}  // namespace nputwin
