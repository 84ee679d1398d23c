// AVERAGE_POOL_2D, 8 and 16 bits: the average of the stored codes under the window, padding not counted.
//
//   raw half away   int8 -2.5 -> -3, uint8 2.5 -> 3: TFLite reference/integer_ops/pooling.h, reference_ops.h
//   rescaled window the sum of q - zp, padding counted as 0, by the profile's rule for averages: QNNPACK
//                   average-pooling.c
//   reciprocal      the sum of q - zp times m/2^(30+k), half up, k the bits of n - 1, m = floor((2^30 + 1) * 2^k / n),
//                   + zp: TOSA 1.0 AVG_POOL2D
//   real            the mean by the RealRule
//
// Input and output share their quantization. Numbers: the binary32 sum in memory order over the count.

#include <algorithm>
#include <bit>

#include "kernels/sum/sum.h"
#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/codes.h"
#include "ops/reduce/number_pool.h"
#include "ops/reduce/pool.h"
#include "ops/reduce/rescaled_average.h"
#include "ops/reduce/sum_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::average_pool_2d {
namespace {

/// Of the sum of `count` codes, what the pool gives.
class Average {
 public:
  Average(const PrepareContext& context, std::int64_t window)
      : method_(context.profile->average_pool), zero_(context.output().zero_point()) {
    if (method_ == PoolMethod::kReal) rule_ = context.real();
    if (method_ == PoolMethod::kRescaledWindow) rescaled_ = rescaled_average(context, window);
  }

  /// Replaces sums by their averages where that is the quotient, half away from zero. False: it is another rule.
  /// With a = |sum| it is floor((2 a + n) / (2 n)). Both are below 2^24 for n <= 2^14, and the quotient, below 2^8, is
  /// 2^-15 or more below the next integer, so that binary32 does not round it up to that one.
  bool many(std::int32_t* sums, std::int64_t channels, std::int32_t count) const {
    if (method_ == PoolMethod::kReciprocal || method_ == PoolMethod::kRescaledWindow || count > 1 << 14 ||
        rule_ != RealRule{Rounding::kHalfAwayFromZero, true})
      return false;
    const auto divisor = static_cast<float>(2 * count);
    for (std::int64_t c = 0; c < channels; ++c) {
      const std::int32_t sign = sums[c] >> 31, size = (sums[c] ^ sign) - sign;
      const auto quotient = static_cast<std::int32_t>(static_cast<float>(2 * size + count) / divisor);
      sums[c] = (quotient ^ sign) - sign;
    }
    return true;
  }

  template <typename N>
  [[nodiscard]] N operator()(const N& sum, std::int64_t count) const {
    if (method_ != PoolMethod::kReciprocal && method_ != PoolMethod::kRescaledWindow)
      return rule_.mean(sum, count, zero_);
    const auto centred = noted("sum - n * zero point", sum - count * zero_);
    if (method_ == PoolMethod::kRescaledWindow) return rescaled_.code(centred, zero_);
    const auto k = static_cast<int>(
        std::bit_width(static_cast<std::uint64_t>(count - 1)));  // count <= 2^22: the product stays in 64 bits
    const std::int64_t multiplier = (((std::int64_t{1} << 30) + 1) << k) / count;
    return shift_right_rounded(noted("times the reciprocal", centred * multiplier), 30 + k, Rounding::kHalfUp) + zero_;
  }

 private:
  PoolMethod method_;
  std::int32_t zero_;
  RealRule rule_{Rounding::kHalfAwayFromZero, true};  // raw half away
  RescaledAverage rescaled_;
};

class AveragePool final : public Kernel {
 public:
  AveragePool(Window window, CodeRange clamp, Average average, int channels, const PrepareContext& context)
      : window_(window), clamp_(clamp), average_(average), channels_(channels), threads_(context.threads) {
    const DType type = context.output().type;
    if (context.isa.scalar()) {
      form_.refused.push_back({"sum_codes", kScalarAskedFor});
    } else if (!is_8bit(type)) {
      form_.refused.push_back({"sum_codes", fmt::format("it takes 8-bit codes, the op has {}", name(type))});
    } else {
      form_ = {"sum_codes", context.isa.name, {}, {}};
      kernels_ = sum_codes(context.isa);
    }
  }

  [[nodiscard]] KernelForm form() const override { return form_; }
  [[nodiscard]] std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(threads_) * (static_cast<std::size_t>(channels_) + kSumPadding) *
           sizeof(std::int32_t);
  }

  void run(const RunContext& context) const override {
    with_codes(context, [&](auto in, auto out) {
      const Shape& shape = context.inputs[0].spec->shape;
      context.pool->parallel(std::int64_t{shape[0]} * window_.y.out, [&](std::int64_t line, int slot) {
        auto* sums =
            reinterpret_cast<std::int32_t*>(context.scratch.data()) + std::int64_t{slot} * (channels_ + kSumPadding);
        for_each_pool_window(window_, shape, line, [&](std::int64_t to, std::int64_t from, int height, int width) {
          const auto* codes = in.data() + from;
          const std::int64_t stride = std::int64_t{window_.x.in} * channels_;
          if (const auto vectors = kernels_.of(codes)) {
            vectors(codes, stride, height, width, channels_, sums);
          } else {
            sum_scalar(codes, stride, height, width, channels_, sums);
          }
          if (sizeof(*codes) == 1 && average_.many(sums, channels_, height * width)) {
            for (int c = 0; c < channels_; ++c)
              out[static_cast<std::size_t>(to + c)] =
                  static_cast<typename decltype(out)::value_type>(std::min(std::max(sums[c], clamp_.lo), clamp_.hi));
            return;
          }
          for (int c = 0; c < channels_; ++c) {
            const std::int64_t average = average_(std::int64_t{sums[c]}, std::int64_t{height} * width);
            out[static_cast<std::size_t>(to + c)] = static_cast<typename decltype(out)::value_type>(
                std::clamp<std::int64_t>(average, clamp_.lo, clamp_.hi));
          }
        });
      });
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    with_codes(context, [&](auto in, auto) {
      const std::vector<std::int64_t> from = pool_elements(window_, context.inputs[0].spec->shape, element);
      std::int64_t sum = 0;
      for (const std::int64_t e : from) sum += in[static_cast<std::size_t>(e)];
      explained_elements(in, from, trace);
      const auto count = static_cast<std::int64_t>(from.size());
      const auto traced = noted("sum of the " + std::to_string(count) + " quantized values",
                                Traced<std::int64_t>(&trace, sum, "sum(q)"));
      explained_code(average_(traced, count), clamp_, trace);
    });
    return true;
  }

  /// By the number of codes under the window.
  [[nodiscard]] std::unique_ptr<Definition> definition(const RunContext& context) const override {
    const auto sources = [this, shape = context.inputs[0].spec->shape](std::int64_t element) {
      return pool_elements(window_, shape, element);
    };
    return std::make_unique<SumDefinition>(
        [this](std::int64_t element) { return count(element); }, sources,
        [this](std::int64_t sum, std::int64_t element) {
          return static_cast<double>(std::clamp<std::int64_t>(average_(sum, count(element)), clamp_.lo, clamp_.hi));
        },
        channels_);
  }

 private:
  /// How many codes an element is the average of.
  [[nodiscard]] std::int64_t count(std::int64_t element) const {
    const std::int64_t pixel = element / channels_;
    const auto [i0, i1] = window_.y.inside(static_cast<int>(pixel / window_.x.out % window_.y.out));
    const auto [j0, j1] = window_.x.inside(static_cast<int>(pixel % window_.x.out));
    return std::int64_t{i1 - i0} * (j1 - j0);
  }

  Window window_;
  CodeRange clamp_;
  Average average_;
  int channels_, threads_;
  SumKernels kernels_;
  KernelForm form_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, 1, DType::kFloat32)) return number_pool_kernel(context, NumberPool::kAverage);
  NPUTWIN_ASSIGN_OR_RETURN(const Window window, pool_window(context));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(context.output(), *context.attributes));
  const bool in_8_bits = is_8bit(context.output().type);  // sums stay inside 32 bits
  const std::int64_t size = std::int64_t{window.y.size} * window.x.size;
  if (size > (in_8_bits ? 1 << 22 : 1 << 16))
    return error("a window of {}x{} is too large", window.y.size, window.x.size);
  return std::make_unique<AveragePool>(window, clamp, Average(context, size), context.input(0).shape[3], context);
}

}  // namespace

const OpDefinition& average_pool_2d_op() {
  static constexpr OpDefinition kOp{"AVERAGE_POOL_2D", pool_shapes, prepare, Family::kAveragePool};
  return kOp;
}

}  // namespace nputwin::ops::average_pool_2d
