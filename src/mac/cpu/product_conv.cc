// Convolutions and fully connected layers: the input's rows as values, each written once, from which tiles of outputs
// read their windows. Neighbours of a window's row are neighbours in memory: a run.

#include <algorithm>

#include "mac/backend.h"
#include "mac/cpu/input_rows.h"
#include "mac/cpu/product_layer.h"

namespace nputwin {
namespace product_conv {
namespace {

using KernelsOf = ProductKernels (*)(const Isa&);

/// Rows times a matrix are a convolution of one line of pixels by a window of one.
ConvTaps as_convolution(const Taps& taps) {
  if (const auto* conv = std::get_if<ConvTaps>(&taps)) return *conv;
  const auto& rows = std::get<RowTaps>(taps);
  ConvTaps conv;
  conv.window.y = {.in = 1, .out = 1, .size = 1};
  conv.window.x = {.in = static_cast<int>(rows.rows), .out = static_cast<int>(rows.rows), .size = 1};
  conv.channels_in = conv.group_in = static_cast<int>(rows.depth);
  conv.channels_out = rows.channels_out;
  return conv;
}

/// A window of one pixel that visits every pixel is one line of all of them, whatever rows and images they are in.
ConvTaps as_one_line(ConvTaps g) {
  g.window = g.window.along_x();
  const auto plain = [](const WindowAxis& a) { return a.size == 1 && a.stride == 1 && a.before == 0 && a.in == a.out; };
  if (!plain(g.window.y) || !plain(g.window.x) || g.rows() > INT32_MAX) return g;
  const int pixels = static_cast<int>(g.rows());
  g.batch = 1;
  g.window.y = {.in = 1, .out = 1, .size = 1};
  g.window.x = {.in = pixels, .out = pixels, .size = 1};
  return g;
}

/// Pixels of padding that the windows reach behind the last one.
int after(const WindowAxis& axis) {
  return std::max(0, axis.start(axis.out - 1) + (axis.size - 1) * axis.dilation + 1 - axis.in);
}

class ProductConv final : public MacKernel {
 public:
  ProductConv(MacLayer described, Epilogue epilogue, const Machine& machine, KernelsOf kernels_of)
      : MacKernel(std::move(described), std::move(epilogue)),
        g_(as_one_line(as_convolution(layer().taps))),
        kernels_(kernels_of(machine.isa)),
        one_line_(g_.window.y.size == 1 && g_.window.x.size == 1 && g_.window.y.out == 1 && g_.batch == 1 &&
                  g_.window.y.before == 0 && g_.window.x.stride == 1 && g_.window.x.before == 0),
        whole_runs_(g_.window.x.dilation == 1 && g_.groups == 1),
        input_(kernels_, layer().type, layer().input_zero, g_.channels_in, g_.window.x.before, g_.window.x.in,
               after(g_.window.x)),
        threads_(machine.threads) {
    const MacWeights& w = layer().weights;
    const std::size_t out = static_cast<std::size_t>(g_.group_out()), depth = static_cast<std::size_t>(g_.depth());
    const int entries = g_.window.y.size * (whole_runs_ ? 1 : g_.window.x.size);
    const int vectors = g_.rows() == 1 ? ProductKernels::kMostVectors : ProductKernels::kPanelVectors;
    for (std::size_t group = 0; group < static_cast<std::size_t>(g_.groups); ++group) {
      packed_.emplace_back(
          w.values.packed({group * out * depth, g_.group_out(), entries, g_.depth() / entries, vectors}, kernels_),
          std::span(w.bias).subspan(group * out, out), static_cast<int>(group * out),
          InputRows::zero_value(kernels_, layer().type, layer().input_zero), kernels_);
    }
    window_sums_ = std::ranges::any_of(packed_, &ProductLayer::needs_window_sums);
    plan();
  }

  using MacKernel::run;
  [[nodiscard]] std::size_t scratch_bytes() const override { return slot_bytes() * static_cast<std::size_t>(threads_); }

  void run(const RunContext& context, Epilogues epilogues, Outputs outputs) const override {
    const std::byte* in = context.inputs[layer().activations_input].bytes.data();
    context.pool->parallel(pieces(), [&](std::int64_t task, int slot) {
      const std::int64_t band = task / splits_;
      std::byte* scratch = context.scratch.data() + static_cast<std::size_t>(slot) * slot_bytes();
      const int split = static_cast<int>(task % splits_);
      if (one_line_) {
        run_line(in, band * band_, split, scratch, {epilogues, outputs});
      } else {
        run_rows(in, static_cast<int>(band / bands_of_image_), static_cast<int>(band % bands_of_image_) * band_, split,
                 scratch, {epilogues, outputs});
      }
    });
  }

 private:
  static constexpr std::int64_t kBandBytes = 192 << 10;  // stay in a second-level cache beside a panel of weights

  /// How the output is cut: bands of lines, or of pixels where there is one line; and its channels where there are
  /// fewer bands than threads.
  void plan() {
    const WindowAxis& y = g_.window.y;
    const std::int64_t lines = std::max(one_line_ ? g_.window.x.out : y.out, 1);
    const std::int64_t bytes =
        one_line_ ? input_.pixel_bytes() : static_cast<std::int64_t>(input_.row_bytes()) * y.stride;
    std::int64_t band = std::clamp<std::int64_t>(kBandBytes / std::max<std::int64_t>(bytes, 1), 1, lines);
    if (threads_ > 1) band = std::min(band, (lines * g_.batch + threads_ - 1) / threads_);
    if (one_line_ && band < lines)
      band = std::max<std::int64_t>(band / kernels_.most_positions, 1) * kernels_.most_positions;
    band_ = static_cast<int>(std::clamp<std::int64_t>(band, 1, lines));
    bands_of_image_ = static_cast<int>((lines + band_ - 1) / band_);
    splits_ = 1;
    const std::int64_t bands = std::int64_t{bands_of_image_} * (one_line_ ? 1 : g_.batch);
    if (bands < threads_ && bands > 0) {
      splits_ = static_cast<int>(std::clamp<std::int64_t>(threads_ / bands, 1, packed_.front().panels()));
    }
  }
  [[nodiscard]] std::int64_t pieces() const {
    return std::int64_t{bands_of_image_} * (one_line_ ? 1 : g_.batch) * splits_;
  }

  // Scratch of a slot: rows of values, pointers to them, sums of pixels, and of windows.
  [[nodiscard]] int input_rows(int lines) const {
    const WindowAxis& y = g_.window.y;
    return (lines - 1) * y.stride + (y.size - 1) * y.dilation + 1;
  }
  [[nodiscard]] std::size_t value_bytes() const {
    if (!one_line_) return input_.bytes(input_rows(band_));
    return align_up(static_cast<std::size_t>(band_ * input_.pixel_bytes() + 2 * kVectorSlack));
  }
  [[nodiscard]] std::size_t pointer_bytes() const {
    return align_up(static_cast<std::size_t>(g_.window.y.size * g_.window.x.size) * sizeof(void*));
  }
  [[nodiscard]] std::size_t pixel_sum_bytes() const {
    if (!window_sums_) return 0;
    return align_up(static_cast<std::size_t>(one_line_ ? band_ : std::int64_t{input_rows(band_)} * input_.width()) * 4);
  }
  [[nodiscard]] std::size_t window_sum_bytes() const {
    if (!window_sums_ || one_line_) return 0;
    return align_up(static_cast<std::size_t>(band_) * static_cast<std::size_t>(g_.window.x.out) * 4);
  }
  [[nodiscard]] std::size_t slot_bytes() const {
    return value_bytes() + pointer_bytes() + pixel_sum_bytes() + window_sum_bytes();
  }

  /// Calls f(panel) for a split's panels.
  template <typename F>
  void for_panels(const ProductLayer& packed, int split, F&& f) const {
    for (int p = packed.panels() * split / splits_; p < packed.panels() * (split + 1) / splits_; ++p) f(p);
  }

  void run_line(const std::byte* in, std::int64_t first, int split, std::byte* scratch, const LayerOutputs& to) const {
    const std::int64_t count = std::min<std::int64_t>(band_, g_.window.x.out - first);
    const std::byte* values = in + first * g_.channels_in * static_cast<std::int64_t>(size_of(layer().type));
    if (!input_.values_are_codes()) {
      input_.fill_values(values, count * g_.channels_in, scratch);
      values = scratch;
    }
    auto* sums = reinterpret_cast<std::int32_t*>(scratch + value_bytes() + pointer_bytes());
    for (int group = 0; group < g_.groups; ++group) {
      const ProductLayer& packed = packed_[static_cast<std::size_t>(group)];
      const std::byte* row = values + std::ptrdiff_t{group} * g_.group_in * kernels_.value_bytes();
      if (packed.needs_window_sums()) kernels_.sum_values(row, count, input_.pixel_bytes(), g_.group_in, sums);
      const OutputLine line{&row, input_.pixel_bytes(), static_cast<int>(count), first, 1, sums};
      for_panels(packed, split, [&](int panel) { packed.run(panel, line, to); });
    }
  }

  void run_rows(const std::byte* in, int image, int first, int split, std::byte* scratch,
                const LayerOutputs& to) const {
    const WindowAxis &y = g_.window.y, &x = g_.window.x;
    const int lines = std::min(band_, y.out - first), rows = input_rows(lines);
    const std::size_t image_bytes = static_cast<std::size_t>(y.in) * static_cast<std::size_t>(x.in) *
                                    static_cast<std::size_t>(g_.channels_in) * size_of(layer().type);
    input_.fill(in + static_cast<std::size_t>(image) * image_bytes, y.in, y.start(first), rows, scratch);
    const auto** pointers = reinterpret_cast<const std::byte**>(scratch + value_bytes());
    auto* pixels = reinterpret_cast<std::int32_t*>(scratch + value_bytes() + pointer_bytes());
    auto* windows = reinterpret_cast<std::int32_t*>(scratch + value_bytes() + pointer_bytes() + pixel_sum_bytes());
    for (int group = 0; group < g_.groups; ++group) {
      const ProductLayer& packed = packed_[static_cast<std::size_t>(group)];
      const std::byte* values = scratch + std::ptrdiff_t{group} * g_.group_in * kernels_.value_bytes();
      if (packed.needs_window_sums()) sum_windows(values, rows, lines, pixels, windows);
      for_panels(packed, split, [&](int panel) {
        for (int line = 0; line < lines; ++line) {
          point(values, line, pointers);
          packed.run(panel,
                     {pointers, x.stride * input_.pixel_bytes(), x.out,
                      (std::int64_t{image} * y.out + first + line) * x.out, 1, windows + std::ptrdiff_t{line} * x.out},
                     to);
        }
      });
    }
  }

  /// The entries of a line's first window: one a row of it, or one a pixel where those are no neighbours.
  void point(const std::byte* values, int line, const std::byte** pointers) const {
    const auto& [y, x] = g_.window;
    for (int i = 0; i < y.size; ++i) {
      const std::byte* row = values + static_cast<std::size_t>(line * y.stride + i * y.dilation) * input_.row_bytes();
      if (whole_runs_) {
        *pointers++ = row;
      } else {
        for (int j = 0; j < x.size; ++j) *pointers++ = row + j * x.dilation * input_.pixel_bytes();
      }
    }
  }

  /// Of each window of the band, the sum of its values.
  void sum_windows(const std::byte* values, int rows, int lines, std::int32_t* pixels, std::int32_t* windows) const {
    const auto& [y, x] = g_.window;
    const int width = input_.width();
    for (int r = 0; r < rows; ++r) {
      kernels_.sum_values(values + static_cast<std::size_t>(r) * input_.row_bytes(), width, input_.pixel_bytes(),
                          g_.group_in, pixels + std::ptrdiff_t{r} * width);
    }
    for (int line = 0; line < lines; ++line) {
      for (int ox = 0; ox < x.out; ++ox) {
        std::int32_t sum = 0;
        for (int i = 0; i < y.size; ++i) {
          const std::int32_t* row = pixels + std::ptrdiff_t{line * y.stride + i * y.dilation} * width + ox * x.stride;
          for (int j = 0; j < x.size; ++j) sum += row[j * x.dilation];
        }
        *windows++ = sum;
      }
    }
  }

  ConvTaps g_;
  ProductKernels kernels_;
  bool one_line_, whole_runs_;
  InputRows input_;
  std::vector<ProductLayer> packed_;  // one a group
  bool window_sums_ = false;
  int band_ = 1, bands_of_image_ = 1, splits_ = 1;
  int threads_;
};

// Products of matrices are rows times columns, too; it refuses those because their weights are computed.
bool is_for(const Taps& taps) {
  return std::holds_alternative<ConvTaps>(taps) || std::holds_alternative<RowTaps>(taps) ||
         std::holds_alternative<MatrixTaps>(taps);
}

std::string refuses(const MacLayer& layer, const Machine& machine) {
  if (std::string reason = refuses_packed_weights(layer, machine); !reason.empty()) return reason;
  return refuses_weights(layer.weights.values.all(), as_convolution(layer.taps).channels_out);
}

std::string refuses_as_bytes(const MacLayer& layer, const Machine& machine) {
  if (std::string reason = refuses(layer, machine); !reason.empty()) return reason;
  return refuses_bytes(layer, machine);
}

}  // namespace
}  // namespace product_conv

const MacBackend& bytes_conv_backend() {
  using namespace product_conv;
  static constexpr MacBackend kBackend{
      "bytes_conv", is_for, refuses_as_bytes,
      [](MacLayer layer, Epilogue epilogue, const Machine& machine) -> std::unique_ptr<MacKernel> {
        return std::make_unique<ProductConv>(std::move(layer), std::move(epilogue), machine, product_bytes);
      }};
  return kBackend;
}

const MacBackend& int16_conv_backend() {
  using namespace product_conv;
  static constexpr MacBackend kBackend{
      "int16_conv", is_for, refuses,
      [](MacLayer layer, Epilogue epilogue, const Machine& machine) -> std::unique_ptr<MacKernel> {
        return std::make_unique<ProductConv>(std::move(layer), std::move(epilogue), machine, product_int16);
      }};
  return kBackend;
}

}  // namespace nputwin
