#include "ops/reduce/number_pool.h"

#include <algorithm>
#include <limits>

#include "fixed/real_functions.h"
#include "kernels/explain.h"
#include "ops/activation.h"
#include "ops/reduce/pool.h"
#include "profile/profile.h"

namespace nputwin {
namespace {

/// One output pixel, channel by channel, over the window's values in memory order.
template <NumberPool pool>
class OfNumbers final : public ComparableKernel<OfNumbers<pool>> {
 public:
  OfNumbers(const Window& window, NumberRange<float> clamp, bool fused)
      : window_(window), clamp_(clamp), fused_(fused && pool == NumberPool::kRoot) {}

  void run(const RunContext& context) const override {
    const Shape& shape = context.inputs[0].spec->shape;
    const std::int64_t channels = shape[3];
    const auto in = context.inputs[0].as<float>();
    const auto out = context.outputs[0].as<float>();
    context.pool->parallel(std::int64_t{shape[0]} * window_.y.out, [&](std::int64_t line, int) {
      for_each_pool_window(window_, shape, line, [&](std::int64_t to, std::int64_t from, int height, int width) {
        for (std::int64_t c = 0; c < channels; ++c) {
          float y = kNone;
          for (int i = 0; i < height; ++i) {
            for (int j = 0; j < width; ++j)
              y = with(y, in[static_cast<std::size_t>(from + (std::int64_t{i} * window_.x.in + j) * channels + c)]);
          }
          out[static_cast<std::size_t>(to + c)] = clamp_.clamp(finished(y, static_cast<float>(height * width)));
        }
      });
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const auto x = explained_elements(context.inputs[0].as<float>(),
                                      pool_elements(window_, context.inputs[0].spec->shape, element), trace);
    float y = kNone;
    for (const float value : x) y = with(y, value);
    const Traced<float> all = noted(kWhat, Traced<float>(&trace, y, python()));
    explained_number(clamp_.clamp(finished(all, static_cast<float>(x.size()))), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(window_, clamp_, fused_); }

 private:
  static constexpr float kNone = pool == NumberPool::kLargest ? std::numeric_limits<float>::lowest() : 0;
  static constexpr const char* kWhat = pool == NumberPool::kLargest   ? "the largest"
                                       : pool == NumberPool::kAverage ? "sum of the values, binary32"
                                                                      : "sum of the squares, binary32";

  [[nodiscard]] std::string python() const {
    if (pool == NumberPool::kLargest) return "max(q)";
    if (pool == NumberPool::kAverage) return "functools.reduce(lambda s, x: f32(s + x), q, 0.0)";
    return python_squares("q", fused_);
  }

  [[nodiscard]] float with(float y, float x) const {
    if (pool == NumberPool::kLargest) return std::max(y, x);
    if (pool == NumberPool::kAverage) return y + x;
    return multiply_add(x, x, y, fused_);
  }

  /// `N`: float, plain or traced.
  template <typename N>
  [[nodiscard]] static N finished(const N& y, float count) {
    switch (pool) {
      case NumberPool::kAverage:
        return y / count;
      case NumberPool::kLargest:
        return y;
      case NumberPool::kRoot:
        return sqrt_of(N(y / count));
      case NumberPool::kRootReciprocal:
        break;
    }
    return sqrt_of(N(y * (1.0F / count)));
  }

  Window window_;
  NumberRange<float> clamp_;
  bool fused_;
};

}  // namespace

Result<std::unique_ptr<Kernel>> number_pool_kernel(const PrepareContext& context, NumberPool pool) {
  const Attributes& a = *context.attributes;
  NPUTWIN_ASSIGN_OR_RETURN(const Window w,
                           window_2d(context.input(0).shape, a.integer("filter_height"), a.integer("filter_width"), a));
  NPUTWIN_ASSIGN_OR_RETURN(const auto clamp, number_range<float>(context));
  const bool fused = context.profile->fused_multiply_add;
  switch (pool) {
    case NumberPool::kAverage:
      if (context.delegated()) return error("the order in which XNNPACK adds float32 numbers is not known");
      return std::make_unique<OfNumbers<NumberPool::kAverage>>(w, clamp, fused);
    case NumberPool::kLargest:
      return std::make_unique<OfNumbers<NumberPool::kLargest>>(w, clamp, fused);
    case NumberPool::kRoot:
      return std::make_unique<OfNumbers<NumberPool::kRoot>>(w, clamp, fused);
    case NumberPool::kRootReciprocal:
      break;
  }
  return std::make_unique<OfNumbers<NumberPool::kRootReciprocal>>(w, clamp, fused);
}

}  // namespace nputwin
