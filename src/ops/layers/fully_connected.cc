// FULLY_CONNECTED, int8, uint8, and int16 with int8 weights.
//
//   acc[b,o] = bias[o] + sum_k (in[b,k] - zp_in) * w[o,k],   out = clamp(requantize(rule, acc, M[o]) + zp_out)
//
// w [O, K]; the input is read as rows of K values, however it is shaped. Source: TFLite
// reference/integer_ops/fully_connected.h.

#include <algorithm>

#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/codes.h"
#include "ops/layers/layer_scalar.h"
#include "ops/layers/packed_layer.h"
#include "ops/layers/weights.h"
#include "profile/profile.h"

namespace nputwin::ops::fully_connected {
namespace {

struct Geometry {
  std::int64_t rows = 0, depth = 0;
  int channels_out = 0;

  /// See LayerScalar.
  template <typename F>
  void for_each_run(std::int64_t element, F&& f) const {
    f(element / channels_out * depth, element % channels_out * depth, depth);
  }
};

class FullyConnectedSimd final : public Kernel {
 public:
  FullyConnectedSimd(Geometry geometry, const LayerWeights& layer, Requantizer requantizer, const Isa& isa, int threads)
      : g_(geometry),
        kernels_(matmul_kernels(isa)),
        requantizer_(std::move(requantizer)),
        packed_(layer.values, g_.channels_out, g_.depth, layer.bias, kernels_),
        threads_(threads) {}

  // All rows as 16-bit values, then a tile of accumulators for each thread.
  [[nodiscard]] std::size_t scratch_bytes() const override {
    return row_bytes() + PackedLayer::tile_bytes(kernels_) * static_cast<std::size_t>(threads_);
  }

  void run(const RunContext& context) const override {
    auto* rows = reinterpret_cast<std::int16_t*>(context.scratch.data());
    const std::int64_t stride = packed_.row_stride();
    with_codes(context, [&](auto in, auto out) {
      const auto zero_point = static_cast<std::int16_t>(context.inputs[0].spec->zero_point());
      for (std::int64_t r = 0; r < g_.rows; ++r) {
        kernels_.widen(in.data() + r * g_.depth, g_.depth, zero_point, rows + r * stride);
        if (stride > g_.depth) rows[r * stride + g_.depth] = 0;
      }
      context.pool->parallel(packed_.pieces(), [&](std::int64_t piece, int slot) {
        std::byte* tile =
            context.scratch.data() + row_bytes() + static_cast<std::size_t>(slot) * PackedLayer::tile_bytes(kernels_);
        packed_.run(piece, rows, g_.rows, requantizer_, 0, out.data(), g_.channels_out,
                    reinterpret_cast<std::int32_t*>(tile));
      });
    });
  }

 private:
  [[nodiscard]] std::size_t row_bytes() const {
    return align_up(static_cast<std::size_t>(g_.rows * packed_.row_stride() + kVectorSlack) * sizeof(std::int16_t));
  }

  Geometry g_;
  MatmulKernels kernels_;
  Requantizer requantizer_;
  PackedLayer packed_;
  int threads_ = 1;
};

Result<Geometry> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(1), 2, "weights"));
  if (node.attributes->integer("weights_format") != 0) {
    return error("weights '{}' are stored in a shuffled format; only the default one is supported", node.input(1).name);
  }
  const Shape& w = node.input(1).shape;
  Geometry g{0, w[1], w[0]};
  const std::int64_t elements = node.input(0).elements();
  if (g.depth < 1 || g.channels_out < 1 || elements % g.depth != 0) {
    return error("input '{}' of {} values does not divide into rows of {} (weights '{}' {})", node.input(0).name,
                 elements, g.depth, node.input(1).name, to_string(w));
  }
  g.rows = elements / g.depth;
  if (g.rows > INT32_MAX) return error("input '{}' has {} rows, more than 32 bits count", node.input(0).name, g.rows);
  return g;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 3));
  NPUTWIN_ASSIGN_OR_RETURN(const Geometry g, geometry_of(node));
  if (node.attributes->integer("keep_num_dims") == 0)
    return Shapes{{static_cast<std::int32_t>(g.rows), g.channels_out}};
  Shape shape = node.input(0).shape;
  if (shape.empty() || shape.back() != g.depth) {
    return error("input '{}' has shape {}, expected {} values in its last dimension", node.input(0).name,
                 to_string(shape), g.depth);
  }
  shape.back() = g.channels_out;
  return Shapes{shape};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_layer_types(context));
  NPUTWIN_ASSIGN_OR_RETURN(const Geometry g, geometry_of(context));
  const TensorSpec& out = context.output();
  const auto& rules = context.profile->eight_bit(out.type == DType::kUInt8).fully_connected;
  NPUTWIN_ASSIGN_OR_RETURN(RequantizeRule rule, layer_rule(context, g.rows == 1 ? rules.single_column : rules.rule));
  if (out.type == DType::kInt16 && context.input(1).quantization.per_tensor()) {
    const Int16Rules& own = *context.fallback_profile().int16;
    if (!context.has_input(2)) {
      rule = own.fully_connected_no_bias.value_or(rule);
    } else if (context.input(2).type == DType::kInt64) {
      rule = own.fully_connected_int64_bias.value_or(rule);
    }
  }
  const WeightZero zero = context.profile->fully_connected_drops_zero ? WeightZero::kIsDropped : WeightZero::kCounts;
  NPUTWIN_ASSIGN_OR_RETURN(LayerWeights layer, layer_weights(context, rule, 0, {.int8_zero = zero}));
  if (!context.input(1).quantization.per_tensor() && !context.profile->fully_connected_per_channel)
    layer.rescale.assign(layer.rescale.size(), Rescale{});
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(out, *context.attributes));
  Requantizer requantizer = layer_requantizer(context, layer, rule, clamp);
  if (context.isa.scalar() || !layer.fits_int32()) {
    return std::make_unique<LayerScalar<Geometry>>(g, std::move(layer), ChannelRules(requantizer, g.channels_out));
  }
  return std::make_unique<FullyConnectedSimd>(g, layer, std::move(requantizer), context.isa, context.threads);
}

}  // namespace

const OpDefinition& fully_connected_op() {
  static constexpr OpDefinition kOp{"FULLY_CONNECTED", infer_shapes, prepare, Family::kFullyConnected};
  return kOp;
}

}  // namespace nputwin::ops::fully_connected
