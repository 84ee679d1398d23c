// Depthwise convolutions: rows of the input are interleaved by groups, so that a lane sums up the products
// of a channel's column. A group is made once for two lines of the output where their windows overlap. With a channel
// multiplier the input's channels are repeated first, so that the rest sees as many input as output channels.

#include <algorithm>
#include <array>
#include <cstring>

#include "kernels/product/depthwise.h"
#include "mac/backend.h"
#include "mac/cpu/product_layer.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace depthwise_rows {
namespace {

using KernelsOf = DepthwiseKernels (*)(const Isa&);

DepthwiseTaps along_x(DepthwiseTaps taps) {
  taps.window = taps.window.along_x();
  return taps;
}

class DepthwiseRows final : public MacKernel {
 public:
  DepthwiseRows(MacLayer described, Epilogue epilogue, const Machine& machine, KernelsOf kernels_of)
      : MacKernel(std::move(described), std::move(epilogue)),
        g_(along_x(std::get<DepthwiseTaps>(layer().taps))),
        kernels_(kernels_of(machine.isa)),
        codes_(product_int16(machine.isa)),
        code_bytes_(static_cast<std::int64_t>(size_of(layer().type))),
        shares_groups_(g_.window.y.dilation == 1),
        phases_(shares_groups_ && g_.window.y.stride % 2 == 1 ? 2 : 1),
        row_groups_((g_.window.y.size + phases_ - 1 + kernels_.group - 1) / kernels_.group),
        width_((g_.window.x.out - 1) * g_.window.x.stride + (g_.window.x.size - 1) * g_.window.x.dilation + 1),
        threads_(machine.threads) {
    pack();
    const std::int64_t lines = std::int64_t{g_.window.y.out} * g_.batch;
    // Two bands a thread: one thread alone makes each group once.
    const std::int64_t bands = threads_ == 1 ? g_.batch : 2 * std::int64_t{threads_};
    band_ = static_cast<int>(std::clamp<std::int64_t>((lines + bands - 1) / std::max<std::int64_t>(bands, 1), 1,
                                                      std::max(g_.window.y.out, 1)));
    bands_of_image_ = (g_.window.y.out + band_ - 1) / band_;
  }

  using MacKernel::run;
  [[nodiscard]] std::size_t scratch_bytes() const override {
    return repeated_bytes() + padding_bytes() + slot_bytes() * static_cast<std::size_t>(threads_);
  }

  void run(const RunContext& context, Epilogues epilogues, Outputs outputs) const override {
    const std::byte* codes = context.inputs[layer().activations_input].bytes.data();
    std::byte* scratch = context.scratch.data();
    if (g_.multiplier() != 1) {
      const auto times = static_cast<std::size_t>(g_.multiplier());
      with_code_type(layer().type, [&](auto code) {
        const auto in = context.inputs[layer().activations_input].as<decltype(code)>();
        auto* repeated = reinterpret_cast<decltype(code)*>(scratch);
        for (std::size_t i = 0; i < in.size(); ++i) std::fill_n(repeated + i * times, times, in[i]);
      });
      codes = scratch;
    }
    std::byte* padding = scratch + repeated_bytes();
    std::fill_n(padding, padding_bytes(), static_cast<std::byte>(layer().input_zero));  // 0 for int16
    const LayerOutputs to{epilogues, outputs};
    context.pool->parallel(std::int64_t{bands_of_image_} * g_.batch, [&](std::int64_t band, int slot) {
      run_band(codes, padding, static_cast<int>(band / bands_of_image_),
               static_cast<int>(band % bands_of_image_) * band_, to,
               padding + padding_bytes() + static_cast<std::size_t>(slot) * slot_bytes());
    });
  }

 private:
  static constexpr std::size_t kSpare = 4 * kVectorSlack;  // what interleaving reads and writes past an end

  void pack() {
    const WindowAxis& x = g_.window.x;
    const int lanes = kernels_.lanes, group = kernels_.group;
    const int vectors = (g_.channels_out + lanes - 1) / lanes;
    const MacWeights& from = layer().weights;
    phase_values_ = std::ptrdiff_t{vectors} * row_groups_ * x.size * lanes * group;
    weights_.resize(static_cast<std::size_t>(phase_values_ * phases_ * value_bytes()) + kSpare);
    bias_.resize(static_cast<std::size_t>(vectors + 1) * static_cast<std::size_t>(lanes));
    for (std::size_t c = 0; c < from.bias.size(); ++c) bias_[c] = static_cast<std::int32_t>(from.bias[c]);
    const std::int32_t zero = kernels_.bytes() ? layer().input_zero + (layer().type == DType::kInt8 ? 128 : 0) : 0;
    for (int t = 0; t < g_.taps(); ++t) {
      const int i = t / x.size, j = t % x.size;
      for (int c = 0; c < g_.channels_out; ++c) {
        const std::int16_t w = from.values[static_cast<std::size_t>(t * g_.channels_out + c)];
        auto& bias = bias_[static_cast<std::size_t>(c)];
        bias = static_cast<std::int32_t>(static_cast<std::uint32_t>(bias) - static_cast<std::uint32_t>(zero * w));
        for (int phase = 0; phase < phases_; ++phase) {
          const int row = i + phase;
          const std::ptrdiff_t vector = (std::ptrdiff_t{c / lanes} * row_groups_ + row / group) * x.size + j;
          const std::ptrdiff_t at = phase * phase_values_ + (vector * lanes + c % lanes) * group + row % group;
          if (kernels_.bytes()) {
            weights_[static_cast<std::size_t>(at)] = static_cast<std::byte>(w);
          } else {
            std::memcpy(weights_.data() + at * 2, &w, sizeof w);
          }
        }
      }
    }
  }
  [[nodiscard]] int value_bytes() const { return 4 / kernels_.group; }

  // Scratch: the input with repeated channels, a row of padding, then for each slot the ring of row groups.
  [[nodiscard]] std::size_t repeated_bytes() const {
    if (g_.multiplier() == 1) return 0;
    const std::int64_t pixels = std::int64_t{g_.batch} * g_.window.y.in * g_.window.x.in;
    return align_up(static_cast<std::size_t>(pixels * g_.channels_out * code_bytes_) + kSpare);
  }
  [[nodiscard]] std::size_t padding_bytes() const {
    const int pixels = std::max({width_, g_.window.x.in, g_.window.x.before});
    return align_up(static_cast<std::size_t>(std::int64_t{pixels} * g_.channels_out * code_bytes_) + kSpare);
  }
  [[nodiscard]] std::ptrdiff_t column() const { return std::ptrdiff_t{g_.channels_out} * 4; }
  [[nodiscard]] std::size_t group_bytes() const {
    return align_up(static_cast<std::size_t>((std::max(width_, g_.window.x.before + g_.window.x.in)) * column()) +
                    4 * kSpare);
  }
  /// How many groups are alive: those of one line, and where two lines share them those between.
  [[nodiscard]] int ring() const { return shares_groups_ ? kernels_.group / 2 * (row_groups_ - 1) + 1 : row_groups_; }
  [[nodiscard]] std::size_t pointer_bytes() const {
    return align_up(static_cast<std::size_t>(ring() + row_groups_) * sizeof(void*));
  }
  [[nodiscard]] std::size_t slot_bytes() const {
    return pointer_bytes() + static_cast<std::size_t>(ring()) * group_bytes();
  }

  struct Visitor {
    TileCodes codes;
    std::int64_t first_row = 0;  // of the output: the line's
  };
  static void visit(void* visitor, const std::int32_t* sums, std::ptrdiff_t stride, int position, int positions,
                    int channel, int channels, unsigned unknown) {
    const auto& v = *static_cast<const Visitor*>(visitor);
    v.codes.finish({sums, stride, v.first_row + position, positions, channel, channels}, unknown);
  }

  void run_band(const std::byte* codes, const std::byte* padding, int image, int first, const LayerOutputs& to,
                std::byte* scratch) const {
    const auto& [y, x] = g_.window;
    auto** rows = reinterpret_cast<const std::byte**>(scratch);
    auto* made = reinterpret_cast<std::int64_t*>(rows + row_groups_);
    std::fill_n(made, ring(), std::int64_t{-1});
    const std::byte* base = codes + std::int64_t{image} * y.in * x.in * g_.channels_out * code_bytes_;
    Visitor visitor{TileCodes(to, codes_, 0, g_.channels_out)};
    DepthwiseLine line;
    line.rows = rows;
    line.column = column();
    line.row_groups = row_groups_;
    line.size = x.size;
    line.stride = x.stride;
    line.dilation = x.dilation;
    line.bias = bias_.data();
    line.positions = x.out;
    line.channels = g_.channels_out;
    line.visit = visit;
    line.visitor = &visitor;
    line.keep_sums = visitor.codes.keep_sums();
    for (int oy = first; oy < std::min(first + band_, y.out); ++oy) {
      // Rows count from the first one of padding.
      const int top = oy * y.stride, phase = phases_ == 2 ? top % 2 : 0, even = top - phase;
      for (int g = 0; g < row_groups_; ++g) {
        const int row = shares_groups_ ? even + g * kernels_.group : top + g * kernels_.group * y.dilation;
        const int slot = shares_groups_ ? row / 2 % ring() : g;
        std::byte* group = scratch + pointer_bytes() + static_cast<std::size_t>(slot) * group_bytes();
        if (!shares_groups_ || made[slot] != row) interleave(base, padding, row - y.before, group);
        made[slot] = row;
        rows[g] = group;
      }
      line.weights = weights_.data() + phase * phase_values_ * value_bytes();
      visitor.first_row = (std::int64_t{image} * y.out + oy) * x.out;
      visitor.codes.move_to(visitor.first_row);
      line.codes = visitor.codes.blocks();
      kernels_.line(line);
    }
  }

  /// The group of rows that begins with `row` of the image.
  void interleave(const std::byte* base, const std::byte* padding, int row, std::byte* out) const {
    const auto& [y, x] = g_.window;
    std::array<const void*, 4> rows{};
    const auto run = layer().type == DType::kInt16   ? kernels_.interleave_i16
                     : layer().type == DType::kUInt8 ? kernels_.interleave_u8
                                                     : kernels_.interleave_i8;
    const std::int64_t before = std::int64_t{x.before} * g_.channels_out, inside = std::int64_t{x.in} * g_.channels_out;
    const std::int64_t after = std::int64_t{width_} * g_.channels_out - before - inside;
    rows.fill(padding);
    if (before > 0) run(rows.data(), before, layer().input_zero, out);
    for (int q = 0; q < kernels_.group; ++q) {
      const int at = row + q * y.dilation;
      if (at >= 0 && at < y.in) rows[static_cast<std::size_t>(q)] = base + at * inside * code_bytes_;
    }
    run(rows.data(), inside, layer().input_zero, out + before * 4);
    rows.fill(padding);
    if (after > 0) run(rows.data(), after, layer().input_zero, out + (before + inside) * 4);
  }

  DepthwiseTaps g_;
  DepthwiseKernels kernels_;
  ProductKernels codes_;  // for what tiles leave open
  std::int64_t code_bytes_;
  bool shares_groups_;  // groups begin at even rows, and two lines share them
  int phases_;          // where in its first group a window begins: at its first row, or at either of two
  int row_groups_;      // of a window
  int width_;           // columns that windows reach
  std::vector<std::byte> weights_;
  std::vector<std::int32_t> bias_;
  std::ptrdiff_t phase_values_ = 0;
  int band_ = 1, bands_of_image_ = 1;
  int threads_;
};

bool is_for(const Taps& taps) { return std::holds_alternative<DepthwiseTaps>(taps); }

std::string refuses_as_bytes(const MacLayer& layer, const Machine& machine) {
  if (std::string reason = refuses_packed_weights(layer, machine); !reason.empty()) return reason;
  if (std::string reason = refuses_bytes(layer, machine); !reason.empty()) return reason;
  const bool fit = std::ranges::all_of(layer.weights.values, [](std::int16_t w) { return w >= -128 && w <= 127; });
  return fit ? "" : "a weight less its zero point does not fit a byte";
}

}  // namespace
}  // namespace depthwise_rows

const MacBackend& bytes_depthwise_backend() {
  using namespace depthwise_rows;
  static constexpr MacBackend kBackend{
      "bytes_depthwise", is_for, refuses_as_bytes,
      [](MacLayer layer, Epilogue epilogue, const Machine& machine) -> std::unique_ptr<MacKernel> {
        return std::make_unique<DepthwiseRows>(std::move(layer), std::move(epilogue), machine, depthwise_bytes);
      }};
  return kBackend;
}

const MacBackend& int16_depthwise_backend() {
  using namespace depthwise_rows;
  static constexpr MacBackend kBackend{
      "int16_depthwise", is_for, refuses_packed_weights,
      [](MacLayer layer, Epilogue epilogue, const Machine& machine) -> std::unique_ptr<MacKernel> {
        return std::make_unique<DepthwiseRows>(std::move(layer), std::move(epilogue), machine, depthwise_int16);
      }};
  return kBackend;
}

}  // namespace nputwin
