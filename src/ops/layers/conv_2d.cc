// CONV_2D, int8, uint8, and int16 with int8 weights; grouped and dilated.
//
//   acc[n,y,x,o] = bias[o] + sum_{i,j,c} (in[n, y*sy + i*dy - py, x*sx + j*dx - px, g*C + c] - zp_in) * w[o,i,j,c]
//   out = clamp(requantize(rule, acc, M[o]) + zp_out)
//
// in NHWC, w [O, H, W, C] with C = input channels / groups, g = o / (O / groups). Positions outside the input count as
// zp_in. Source of the sum: TFLite reference/integer_ops/conv.h; of the rules: the profile.

#include <algorithm>

#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/codes.h"
#include "ops/layers/layer_scalar.h"
#include "ops/layers/packed_layer.h"
#include "ops/layers/weights.h"
#include "ops/window.h"
#include "profile/profile.h"

namespace nputwin::ops::conv_2d {
namespace {

struct Geometry {
  Window window;
  int batch = 1, channels_in = 0, channels_out = 0, group_in = 0, groups = 1;

  [[nodiscard]] int group_out() const { return channels_out / groups; }
  [[nodiscard]] std::int64_t rows() const { return std::int64_t{batch} * window.y.out * window.x.out; }
  [[nodiscard]] std::int64_t depth() const { return std::int64_t{window.y.size} * window.x.size * group_in; }

  /// See LayerScalar.
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
        f(pixel * channels_in + first_channel, ((o * y.size + i) * x.size + j) * group_in, std::int64_t{group_in});
      }
    }
  }
};

/// Blocks of output positions: their inputs as rows of 16-bit values (im2col), times the packed weights.
class Conv2DSimd final : public Kernel {
 public:
  Conv2DSimd(Geometry geometry, const LayerWeights& layer, Requantizer requantizer, const Isa& isa, int threads)
      : g_(geometry), kernels_(matmul_kernels(isa)), requantizer_(std::move(requantizer)), threads_(threads) {
    const auto per_group = static_cast<std::size_t>(g_.group_out() * g_.depth()),
               out = static_cast<std::size_t>(g_.group_out());
    for (std::size_t group = 0; group < static_cast<std::size_t>(g_.groups); ++group) {
      packed_.emplace_back(std::span(layer.values).subspan(group * per_group, per_group), g_.group_out(), g_.depth(),
                           std::span(layer.bias).subspan(group * out, out), kernels_);
    }
    stride_ = packed_[0].row_stride();
    // 128 KiB of rows stay in the second-level cache beside a panel of weights.
    const std::int64_t fitting = std::clamp<std::int64_t>((128 << 10) / (stride_ * 2), kernels_.rows, 96);
    block_ = std::min<std::int64_t>(fitting / kernels_.rows * kernels_.rows, g_.rows());
  }

  [[nodiscard]] std::size_t scratch_bytes() const override { return slot_bytes() * static_cast<std::size_t>(threads_); }

  void run(const RunContext& context) const override {
    with_codes(context, [&](auto in, auto out) {
      context.pool->parallel((g_.rows() + block_ - 1) / block_, [&](std::int64_t task, int slot) {
        std::byte* scratch = context.scratch.data() + static_cast<std::size_t>(slot) * slot_bytes();
        run_block(in, context.inputs[0].spec->zero_point(), out, task * block_,
                  reinterpret_cast<std::int16_t*>(scratch));
      });
    });
  }

 private:
  [[nodiscard]] std::size_t row_values() const { return static_cast<std::size_t>(block_ * stride_ + kVectorSlack); }
  [[nodiscard]] std::size_t slot_bytes() const {
    return align_up(row_values() * sizeof(std::int16_t)) + PackedLayer::tile_bytes(kernels_);
  }

  template <typename T>
  void run_block(std::span<const T> in, std::int32_t zero_point, std::span<T> out, std::int64_t first,
                 std::int16_t* rows) const {
    const std::int64_t count = std::min(block_, g_.rows() - first);
    auto* acc = reinterpret_cast<std::int32_t*>(reinterpret_cast<std::byte*>(rows) +
                                                align_up(row_values() * sizeof(std::int16_t)));
    for (int group = 0; group < g_.groups; ++group) {
      for (std::int64_t r = 0; r < count; ++r) gather(in, zero_point, first + r, group, rows + r * stride_);
      const PackedLayer& layer = packed_[static_cast<std::size_t>(group)];
      const int channel = group * g_.group_out();
      for (std::int64_t piece = 0; piece < layer.pieces(); ++piece) {
        layer.run(piece, rows, count, requantizer_, channel, out.data() + first * g_.channels_out + channel,
                  g_.channels_out, acc);
      }
    }
  }

  /// One output position's input window as a row of depth() values, 0 outside the input. A vector may run
  /// past the end of what it writes, so the pieces are written front to back and the zeros come after them.
  template <typename T>
  void gather(std::span<const T> in, std::int32_t zero_point, std::int64_t row, int group, std::int16_t* out) const {
    const auto& [y, x] = g_.window;
    const int ox = static_cast<int>(row % x.out), oy = static_cast<int>(row / x.out % y.out);
    const std::int64_t n = row / x.out / y.out;
    const auto zero = static_cast<std::int16_t>(zero_point);
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
      const T* codes = in.data() + base * g_.channels_in + group * g_.group_in;
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

  Geometry g_;
  MatmulKernels kernels_;
  Requantizer requantizer_;
  std::vector<PackedLayer> packed_;  // one a group
  std::int64_t stride_ = 0, block_ = 0;
  int threads_ = 1;
};

Result<Geometry> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(0), 4, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(1), 4, "weights"));
  const Shape& in = node.input(0).shape;
  const Shape& w = node.input(1).shape;
  Geometry g;
  NPUTWIN_ASSIGN_OR_RETURN(g.window, window_2d(in, w[1], w[2], *node.attributes));
  g.batch = in[0], g.channels_in = in[3], g.channels_out = w[0], g.group_in = w[3];
  if (g.group_in < 1 || g.channels_in % g.group_in != 0) {
    return error("{} input channels do not divide into groups of {} (weights '{}')", g.channels_in, g.group_in,
                 node.input(1).name);
  }
  g.groups = g.channels_in / g.group_in;
  if (g.groups < 1 || g.channels_out < 1 || g.channels_out % g.groups != 0) {
    return error("{} output channels do not divide into {} groups", g.channels_out, g.groups);
  }
  return g;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 3));
  NPUTWIN_ASSIGN_OR_RETURN(const Geometry g, geometry_of(node));
  return Shapes{{g.batch, g.window.y.out, g.window.x.out, g.channels_out}};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_layer_types(context));
  NPUTWIN_ASSIGN_OR_RETURN(const Geometry g, geometry_of(context));
  const TensorSpec& out = context.output();
  const auto& rules = context.profile->eight_bit(out.type == DType::kUInt8).conv;
  // TFLite's optimised kernels hand a product with one column to a matrix-vector routine of its own, if it is
  // not tiny, and leave groups to the reference code.
  const bool single_column = g.rows() == 1 && g.channels_out >= 4 && g.depth() >= 8;
  NPUTWIN_ASSIGN_OR_RETURN(const RequantizeRule rule, layer_rule(context, g.groups > 1    ? rules.grouped
                                                                          : single_column ? rules.single_column
                                                                                          : rules.rule));
  NPUTWIN_ASSIGN_OR_RETURN(LayerWeights layer, layer_weights(context, rule, 0));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(out, *context.attributes));
  Requantizer requantizer = layer_requantizer(context, layer, rule, clamp);
  if (context.isa.scalar() || !layer.fits_int32()) {
    return std::make_unique<LayerScalar<Geometry>>(g, std::move(layer), ChannelRules(requantizer, g.channels_out));
  }
  return std::make_unique<Conv2DSimd>(g, layer, std::move(requantizer), context.isa, context.threads);
}

}  // namespace

const OpDefinition& conv_2d_op() {
  static constexpr OpDefinition kOp{"CONV_2D", infer_shapes, prepare, Family::kConvolution};
  return kOp;
}

}  // namespace nputwin::ops::conv_2d
