// AVERAGE_POOL_2D, 8 and 16 bits: the average of the stored codes under the window, padding not counted.
//
//   raw half away   int8 -2.5 -> -3, uint8 2.5 -> 3: TFLite reference/integer_ops/pooling.h, reference_ops.h
//   real            the mean by the RealRule
//
// Input and output share their quantization.

#include <algorithm>

#include "ops/pool.h"

namespace nputwin {
namespace {

class AveragePool final : public Kernel {
 public:
  AveragePool(Window window, CodeRange clamp, RealRule rule, std::int32_t zero_point, int channels,
              int threads)
      : window_(window),
        clamp_(clamp),
        rule_(rule),
        zero_(zero_point),
        channels_(channels),
        threads_(threads) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(threads_) * static_cast<std::size_t>(channels_) * sizeof(std::int32_t);
  }

  void run(const RunContext& context) const override {
    with_codes(context, [&](auto in, auto out) {
      const Shape& shape = context.inputs[0].spec->shape;
      context.pool->parallel(std::int64_t{shape[0]} * window_.y.out, [&](std::int64_t line, int slot) {
        auto* sums = reinterpret_cast<std::int32_t*>(context.scratch.data()) + std::int64_t{slot} * channels_;
        for_each_pool_window(
            window_, shape, line, [&](std::int64_t to, std::int64_t from, int height, int width) {
              std::fill_n(sums, channels_, 0);
              for (int i = 0; i < height; ++i) {
                for (int j = 0; j < width; ++j) {
                  const auto* codes = in.data() + from + (std::int64_t{i} * window_.x.in + j) * channels_;
                  for (int c = 0; c < channels_; ++c) sums[c] += codes[c];
                }
              }
              for (int c = 0; c < channels_; ++c) {
                const auto average = rule_.mean(sums[c], std::int64_t{height} * width, zero_);
                out[static_cast<std::size_t>(to + c)] = static_cast<typename decltype(out)::value_type>(
                    std::clamp<std::int64_t>(average, clamp_.lo, clamp_.hi));
              }
            });
      });
    });
  }

 private:
  Window window_;
  CodeRange clamp_;
  RealRule rule_;
  std::int32_t zero_;
  int channels_, threads_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(const Window window, pool_window(context));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(context.output(), *context.attributes));
  constexpr RealRule kRawHalfAway{Rounding::kHalfAwayFromZero, true};
  const RealRule rule = context.profile->average_pool == PoolMethod::kReal ? context.real() : kRawHalfAway;
  const bool in_8_bits = is_8bit(context.output().type);  // sums stay inside 32 bits
  if (std::int64_t{window.y.size} * window.x.size > (in_8_bits ? 1 << 22 : 1 << 16))
    return error("a window of {}x{} is too large", window.y.size, window.x.size);
  return std::make_unique<AveragePool>(window, clamp, rule, context.output().zero_point(),
                                       context.input(0).shape[3], context.threads);
}

}  // namespace

const OpDefinition& average_pool_2d_op() {
  static constexpr OpDefinition kOp{"AVERAGE_POOL_2D", pool_shapes, prepare, Family::kAveragePool};
  return kOp;
}

}  // namespace nputwin
