// DEPTHWISE_CONV_2D, int8, uint8, and int16 with int8 weights; with channel multiplier and dilation.
//
//   acc[n,y,x,c*m + k] = bias + sum_{i,j} (in[n, y*sy + i*dy - py, x*sx + j*dx - px, c] - zp_in) * w[0,i,j,c*m + k]
//   out = clamp(requantize(rule, acc, M) + zp_out)
//
// w [1, H, W, C*m]. Positions outside the input count as zp_in. Source: TFLite reference/integer_ops/depthwise_conv.h.

#include <algorithm>

#include "kernels/depthwise.h"
#include "kernels/matmul.h"
#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/codes.h"
#include "ops/layers/channel_rules.h"
#include "ops/layers/layer_scalar.h"
#include "ops/layers/weights.h"
#include "ops/window.h"
#include "profile/profile.h"

namespace nputwin::ops::depthwise_conv_2d {
namespace {

struct Geometry {
  Window window;
  int batch = 1, channels_in = 0, channels_out = 0;

  [[nodiscard]] int multiplier() const { return channels_out / channels_in; }
  [[nodiscard]] std::int64_t lines() const { return std::int64_t{batch} * window.y.out; }
  [[nodiscard]] int taps() const { return window.y.size * window.x.size; }

  /// See LayerScalar.
  template <typename F>
  void for_each_run(std::int64_t element, F&& f) const {
    const auto& [y, x] = window;
    const std::int64_t o = element % channels_out, pixel = element / channels_out;
    const int ox = static_cast<int>(pixel % x.out), oy = static_cast<int>(pixel / x.out % y.out);
    const std::int64_t n = pixel / x.out / y.out;
    const auto [i0, i1] = y.inside(oy);
    const auto [j0, j1] = x.inside(ox);
    for (int i = i0; i < i1; ++i) {
      for (int j = j0; j < j1; ++j) {
        const std::int64_t at = (n * y.in + y.start(oy) + i * y.dilation) * x.in + x.start(ox) + j * x.dilation;
        f(at * channels_in + o / multiplier(), std::int64_t{i * x.size + j} * channels_out + o, std::int64_t{1});
      }
    }
  }
};

/// A run of pixels at a time, all channels. Raw codes are multiplied; the zero point's share, -zp_in *
/// sum(w), is in the bias, and taps outside the input point to a row of zero points. With a channel
/// multiplier the input's channels are repeated first, so that the rest sees as many input as output
/// channels.
class DepthwiseSimd final : public Kernel {
 public:
  DepthwiseSimd(Geometry geometry, const LayerWeights& layer, std::int32_t zero_point, ChannelRules requantizer,
                const Isa& isa, int threads)
      : g_(geometry),
        zero_point_(zero_point),
        kernels_(depthwise_kernels(isa)),
        requantizer_(std::move(requantizer)),
        threads_(threads) {
    padded_ = static_cast<int>(align_up(static_cast<std::size_t>(g_.channels_out), 32));
    weights_.resize(static_cast<std::size_t>(g_.taps() * padded_));
    bias_.resize(static_cast<std::size_t>(padded_));
    std::transform(layer.bias.begin(), layer.bias.end(), bias_.begin(),
                   [](std::int64_t b) { return static_cast<std::int32_t>(b); });
    for (int t = 0; t < g_.taps(); ++t) {
      for (int o = 0; o < g_.channels_out; ++o) {
        const std::int16_t w = layer.values[static_cast<std::size_t>(t * g_.channels_out + o)];
        weights_[static_cast<std::size_t>(t * padded_ + o)] = w & 0xFFFF;  // the upper half of the lane stays clear
        bias_[static_cast<std::size_t>(o)] -= w * zero_point;
      }
    }
  }

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return repeated_bytes() + slot_bytes() * static_cast<std::size_t>(threads_);
  }

  void run(const RunContext& context) const override {
    with_8bit_codes(context, [&](auto in, auto out) {
      using T = typename decltype(out)::value_type;
      const T* codes = in.data();
      if (g_.multiplier() != 1) {
        auto* repeated = reinterpret_cast<T*>(context.scratch.data());
        for (std::size_t i = 0; i < in.size(); ++i)
          std::fill_n(repeated + i * static_cast<std::size_t>(g_.multiplier()), g_.multiplier(), in[i]);
        codes = repeated;
      }
      context.pool->parallel(g_.lines(), [&](std::int64_t line, int slot) {
        run_line(codes, out, line,
                 context.scratch.data() + repeated_bytes() + static_cast<std::size_t>(slot) * slot_bytes());
      });
    });
  }

 private:
  static constexpr int kRun = 16;  // pixels whose accumulators are kept before they are requantized together

  // Scratch: the input with repeated channels, then for each slot tap pointers, accumulators and a row of
  // zero points.
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

  void pixel(const std::int8_t* const* taps, std::int32_t* acc) const {
    kernels_.pixel_i8(taps, g_.taps(), weights_.data(), padded_, bias_.data(), g_.channels_out, acc);
  }
  void pixel(const std::uint8_t* const* taps, std::int32_t* acc) const {
    kernels_.pixel_u8(taps, g_.taps(), weights_.data(), padded_, bias_.data(), g_.channels_out, acc);
  }

  template <typename T>
  void run_line(const T* in, std::span<T> out, std::int64_t line, std::byte* scratch) const {
    const auto& [y, x] = g_.window;
    const auto** taps = reinterpret_cast<const T**>(scratch);
    auto* acc = reinterpret_cast<std::int32_t*>(scratch + pointer_bytes());
    auto* outside = reinterpret_cast<T*>(scratch + pointer_bytes() + acc_bytes());
    std::fill_n(outside, row_bytes(), static_cast<T>(zero_point_));
    const int oy = static_cast<int>(line % y.out);
    const std::int64_t n = line / y.out;
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
        for (int i = 0, t = 0; i < y.size; ++i) {
          const std::int64_t base = (n * y.in + y.start(oy) + i * y.dilation) * x.in + x.start(ox);
          for (int j = 0; j < x.size; ++j, ++t) {
            const bool inside = i >= i0 && i < i1 && j >= j0 && j < j1;
            taps[t] = inside ? in + (base + j * x.dilation) * g_.channels_out : outside;
          }
        }
      }
      inside_before = whole;
      const int kept = ox % kRun;
      pixel(taps, acc + kept * padded_);
      if (kept + 1 == kRun || ox + 1 == x.out) {
        const std::int64_t first = (line * x.out + ox - kept) * g_.channels_out;
        requantizer_.run(acc, padded_, kept + 1, out.data() + first, first);
      }
    }
  }

  Geometry g_;
  std::int32_t zero_point_;
  DepthwiseKernels kernels_;
  ChannelRules requantizer_;
  std::vector<std::int32_t> weights_, bias_;  // padded to whole vectors
  int padded_ = 0;
  int threads_ = 1;
};

Result<Geometry> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(0), 4, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(1), 4, "weights"));
  const Shape& in = node.input(0).shape;
  const Shape& w = node.input(1).shape;
  Geometry g;
  NPUTWIN_ASSIGN_OR_RETURN(g.window, window_2d(in, w[1], w[2], *node.attributes));
  g.batch = in[0], g.channels_in = in[3], g.channels_out = w[3];
  if (w[0] != 1 || g.channels_in < 1 || g.channels_out < 1 || g.channels_out % g.channels_in != 0) {
    return error("weights '{}' have shape {}, expected [1,height,width,a multiple of {} channels]", node.input(1).name,
                 to_string(w), g.channels_in);
  }
  return g;
}

/// What TFLite's AArch64 routine for 3x3 filters takes: Fast3x3FilterKernelSupported in
/// depthwiseconv_3x3_filter_common.h.
bool fast_3x3(const Geometry& g, const Attributes& a) {
  const auto& [y, x] = g.window;
  const auto whole = [](const WindowAxis& w) { return (w.out - 1) * w.stride - w.before + 3 <= w.in + w.before; };
  return y.size == 3 && x.size == 3 && g.multiplier() == 1 && y.stride == x.stride && y.stride <= 2 && y.before <= 1 &&
         y.before == x.before && g.channels_in % 8 == 0 && a.integer("dilation_w_factor", 1) == 1 &&
         a.integer("dilation_h_factor", 1) == 1 && whole(y) && whole(x) &&
         (y.before == 0 || (y.in == 1) == (x.in == 1));
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
  const DepthwiseRule& rules = context.profile->eight_bit(out.type == DType::kUInt8).depthwise;
  const bool fast = fast_3x3(g, *context.attributes);
  NPUTWIN_ASSIGN_OR_RETURN(const RequantizeRule rule, layer_rule(context, fast ? rules.fast_3x3 : rules.rule));
  NPUTWIN_ASSIGN_OR_RETURN(const RequantizeRule last, layer_rule(context, rules.last_channels));
  NPUTWIN_ASSIGN_OR_RETURN(LayerWeights layer, layer_weights(context, rule, 3));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(out, *context.attributes));
  ChannelRules requantizer(layer_requantizer(context, layer, rule, clamp),
                           layer_requantizer(context, layer, last, clamp),
                           ChannelRules::Blocks::by_channel(g.channels_out, fast ? 1 : rules.block), g.channels_out);
  if (context.isa.scalar() || !layer.raw_fits_int32() || !is_8bit(out.type)) {
    return std::make_unique<LayerScalar<Geometry>>(g, std::move(layer), std::move(requantizer));
  }
  return std::make_unique<DepthwiseSimd>(g, layer, context.input(0).zero_point(), std::move(requantizer), context.isa,
                                         context.threads);
}

}  // namespace

const OpDefinition& depthwise_conv_2d_op() {
  static constexpr OpDefinition kOp{"DEPTHWISE_CONV_2D", infer_shapes, prepare, Family::kDepthwise};
  return kOp;
}

}  // namespace nputwin::ops::depthwise_conv_2d
