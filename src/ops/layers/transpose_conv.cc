// TRANSPOSE_CONV, int8, uint8, and int16 with int8 weights: the gradient of a convolution. Inputs: output shape,
// weights [O, H, W, I], activations, bias. Each input pixel adds its products to the output pixels under its window:
//
//   acc[n, y*sy + i - py, x*sx + j - px, o] += sum_c (in[n, y, x, c] - zp_in) * w[o, i, j, c]
//   out = clamp(requantize(rule, acc + bias[o], M[o]) + zp_out)
//
// Padding as that of the convolution from output to input. Source: TFLite transpose_conv.cc,
// reference/integer_ops/transpose_conv.h, optimized/integer_ops/transpose_conv.h.

#include <algorithm>

#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/layers/channel_rules.h"
#include "ops/layers/layer_scalar.h"
#include "ops/layers/packed_layer.h"
#include "ops/layers/weights.h"
#include "ops/window.h"
#include "profile/profile.h"
#include "tensor/code_types.h"

namespace nputwin::ops::transpose_conv {
namespace {

constexpr LayerInputs kInputs{.activations = 2, .weights = 1, .bias = 3};

struct Geometry {
  Window window;  // of the convolution that leads from the output to the input: its `in` is the output's size
  int batch = 1, channels_in = 0, channels_out = 0;

  [[nodiscard]] std::int64_t lines() const { return std::int64_t{batch} * window.y.in; }

  /// The filter places of one axis that reach output position `o`, each with the input position it comes from.
  template <typename F>
  static void for_each_source(const WindowAxis& axis, int o, F&& f) {
    for (int i = 0; i < axis.size; ++i) {
      const int at = o + axis.before - i;
      if (at >= 0 && at % axis.stride == 0 && at / axis.stride < axis.out) f(i, at / axis.stride);
    }
  }

  /// See LayerScalar.
  template <typename F>
  void for_each_run(std::int64_t element, F&& f) const {
    const WindowAxis &y = window.y, &x = window.x;
    const std::int64_t o = element % channels_out, pixel = element / channels_out, n = pixel / x.in / y.in;
    for_each_source(y, static_cast<int>(pixel / x.in % y.in), [&](int i, int iy) {
      for_each_source(x, static_cast<int>(pixel % x.in), [&](int j, int ix) {
        f(((n * y.out + iy) * x.out + ix) * channels_in, ((o * y.size + i) * x.size + j) * channels_in,
          std::int64_t{channels_in});
      });
    });
  }
};

/// One output line at a time: the input lines that reach it as rows of 16-bit values, times the filter row's weights
/// for all its places, the products added where they belong.
class TransposeConvSimd final : public Kernel {
 public:
  TransposeConvSimd(Geometry geometry, const LayerWeights& layer, ChannelRules rules, const Isa& isa, int threads)
      : g_(geometry), kernels_(matmul_kernels(isa)), rules_(std::move(rules)), threads_(threads) {
    const WindowAxis &y = g_.window.y, &x = g_.window.x;
    for (const std::int64_t b : layer.bias) bias_.push_back(static_cast<std::int32_t>(b));
    const std::int64_t columns = std::int64_t{x.size} * g_.channels_out;
    const auto depth = static_cast<std::size_t>(g_.channels_in);
    zeros_.resize(static_cast<std::size_t>(columns + MatmulKernels::kPanels * kernels_.panel));
    for (int i = 0; i < y.size; ++i) {
      std::vector<std::int16_t> row;  // [place j][channel o][c]
      for (int j = 0; j < x.size; ++j) {
        for (int o = 0; o < g_.channels_out; ++o) {
          const auto from = layer.values.begin() + ((std::int64_t{o} * y.size + i) * x.size + j) * g_.channels_in;
          row.insert(row.end(), from, from + static_cast<std::ptrdiff_t>(depth));
        }
      }
      packed_.emplace_back(row, columns, g_.channels_in, kernels_.panel);
    }
  }

  [[nodiscard]] std::size_t scratch_bytes() const override { return slot_bytes() * static_cast<std::size_t>(threads_); }

  void run(const RunContext& context) const override {
    with_code_type(context.outputs[0].spec->type, [&](auto code) {
      using T = decltype(code);
      const auto in = context.inputs[kInputs.activations].as<T>();
      const auto out = context.outputs[0].as<T>();
      const auto zero = static_cast<std::int16_t>(context.inputs[kInputs.activations].spec->zero_point());
      context.pool->parallel(g_.lines(), [&](std::int64_t line, int slot) {
        std::byte* scratch = context.scratch.data() + static_cast<std::size_t>(slot) * slot_bytes();
        auto* rows = reinterpret_cast<std::int16_t*>(scratch);
        auto* tile = reinterpret_cast<std::int32_t*>(scratch + row_bytes());
        auto* acc = reinterpret_cast<std::int32_t*>(scratch + row_bytes() + PackedLayer::tile_bytes(kernels_));
        const std::int64_t width = std::int64_t{g_.window.x.in} * g_.channels_out;
        for (std::int64_t k = 0; k < width; k += g_.channels_out) std::copy(bias_.begin(), bias_.end(), acc + k);
        const WindowAxis& y = g_.window.y;
        Geometry::for_each_source(y, static_cast<int>(line % y.in), [&](int i, int iy) {
          const std::int64_t source = line / y.in * y.out + iy;
          widen(in.data() + source * g_.window.x.out * g_.channels_in, zero, rows);
          add(packed_[static_cast<std::size_t>(i)], rows, tile, acc);
        });
        rules_.run(acc, g_.channels_out, g_.window.x.in, out.data() + line * width, line * width);
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
  void widen(const T* codes, std::int16_t zero, std::int16_t* rows) const {
    for (int ix = 0; ix < g_.window.x.out; ++ix) {
      std::int16_t* row = rows + ix * stride();
      kernels_.widen(codes + std::int64_t{ix} * g_.channels_in, g_.channels_in, zero, row);
      if (stride() > g_.channels_in) row[g_.channels_in] = 0;
    }
  }

  void add(const PackedMatrix& weights, const std::int16_t* rows, std::int32_t* tile, std::int32_t* acc) const {
    const WindowAxis& x = g_.window.x;
    const int columns = x.size * g_.channels_out;
    for (std::int64_t p = 0; p < weights.panels(); p += MatmulKernels::kPanels) {
      const int panels = static_cast<int>(std::min<std::int64_t>(MatmulKernels::kPanels, weights.panels() - p));
      const int begin = static_cast<int>(p) * kernels_.panel,
                count = std::min(panels * kernels_.panel, columns - begin);
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

  Geometry g_;
  MatmulKernels kernels_;
  ChannelRules rules_;
  std::vector<PackedMatrix> packed_;  // one a filter row
  std::vector<std::int32_t> bias_, zeros_;
  int threads_;
};

Result<Geometry> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 3, 4));
  std::vector<std::int32_t> out =
      node.output().shape;  // as the file declares it, where its values come while the model runs
  if (node.inputs[0].constant) {
    NPUTWIN_ASSIGN_OR_RETURN(out, constant_integers(node, 0, "output shape"));
  }
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(kInputs.weights), 4, "weights"));
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(kInputs.activations), 4, "input"));
  const Shape &w = node.input(kInputs.weights).shape, &in = node.input(kInputs.activations).shape;
  if (out.size() != 4) return error("output shape {} has not 4 dimensions", to_string(out));
  Geometry g;
  NPUTWIN_ASSIGN_OR_RETURN(g.window, window_2d(out, w[1], w[2], *node.attributes));
  g.batch = in[0], g.channels_in = in[3], g.channels_out = w[0];
  if (out[0] != in[0] || out[3] != w[0] || w[3] != in[3] || g.window.y.out != in[1] || g.window.x.out != in[2] ||
      in[3] < 1 || w[0] < 1) {
    return error("input {}, weights {} and output {} do not go together", to_string(in), to_string(w), to_string(out));
  }
  return g;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const Geometry g, geometry_of(node));
  return Shapes{{g.batch, g.window.y.in, g.window.x.in, g.channels_out}};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_layer_types(context, kInputs));
  NPUTWIN_ASSIGN_OR_RETURN(const Geometry g, geometry_of(context));
  const TensorSpec& out = context.output();
  const DepthwiseRule& rules = context.profile->eight_bit(out.type == DType::kUInt8).transpose_conv;
  NPUTWIN_ASSIGN_OR_RETURN(const RequantizeRule rule, layer_rule(context, rules.rule, kInputs));
  NPUTWIN_ASSIGN_OR_RETURN(LayerWeights layer, layer_weights(context, rule, 0, kInputs));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(out, *context.attributes));
  using Blocks = ChannelRules::Blocks;
  const Blocks blocks = out.type == DType::kUInt8 ? Blocks::flat(g.channels_out, out.elements(), rules.block)
                                                  : Blocks::by_channel(g.channels_out, rules.block);
  NPUTWIN_ASSIGN_OR_RETURN(const RequantizeRule last, layer_rule(context, rules.last_channels, kInputs));
  ChannelRules requantizer(layer_requantizer(context, layer, rule, clamp),
                           layer_requantizer(context, layer, last, clamp), blocks, g.channels_out);
  if (context.isa.scalar() || !layer.fits_int32())
    return std::make_unique<LayerScalar<Geometry>>(g, std::move(layer), std::move(requantizer), kInputs);
  return std::make_unique<TransposeConvSimd>(g, layer, std::move(requantizer), context.isa, context.threads);
}

}  // namespace

const OpDefinition& transpose_conv_op() {
  static constexpr OpDefinition kOp{"TRANSPOSE_CONV", infer_shapes, prepare, Family::kTransposeConvolution};
  return kOp;
}

}  // namespace nputwin::ops::transpose_conv
