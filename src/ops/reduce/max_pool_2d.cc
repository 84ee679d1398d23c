// MAX_POOL_2D, 8 and 16 bits and numbers: the largest value under the window, then the fused activation's clamp. Exact
// on every device.

#include <algorithm>

#include "kernels/max/max.h"
#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/codes.h"
#include "ops/reduce/number_pool.h"
#include "ops/reduce/pool.h"

namespace nputwin::ops::max_pool_2d {
namespace {

class MaxPool final : public ComparableKernel<MaxPool> {
 public:
  MaxPool(Window window, CodeRange clamp, DType type, int channels, const PrepareContext& context)
      : window_(window),
        clamp_(clamp),
        clamps_(clamp != code_range(type)),
        line_(std::size_t(window.x.in) * std::size_t(channels) + kVectorSlack),
        threads_(context.threads) {
    const Isa& isa = context.isa;
    if (isa.scalar()) {
      form_.refused.push_back({"max_codes", kScalarAskedFor});
    } else if (!is_8bit(type)) {
      form_.refused.push_back({"max_codes", fmt::format("it takes 8-bit codes, the op has {}", name(type))});
    } else {
      form_.name = "max_codes";
      form_.isa = isa.name;
      kernels_ = max_codes(isa);
      for (int x = 0; x < window.x.out; ++x) runs_.push_back(run_under(x));
    }
  }

  [[nodiscard]] KernelForm form() const override { return form_; }
  [[nodiscard]] std::size_t scratch_bytes() const override {
    return runs_.empty() ? 0 : line_ * static_cast<std::size_t>(threads_);
  }

  void run(const RunContext& context) const override {
    with_codes(context, [&](auto in, auto out) {
      using T = typename decltype(out)::value_type;
      const Shape& shape = context.inputs[0].spec->shape;
      const int channels = shape[3];
      const auto lo = static_cast<T>(clamp_.lo), hi = static_cast<T>(clamp_.hi);
      context.pool->parallel(std::int64_t{shape[0]} * window_.y.out, [&](std::int64_t line, int slot) {
        if constexpr (sizeof(T) == 1) {
          if (!runs_.empty()) {
            auto* largest = reinterpret_cast<T*>(context.scratch.data() + std::size_t(slot) * line_);
            return by_vectors(in.data(), shape, line, lo, hi, largest, out.data());
          }
        }
        for_each_pool_window(window_, shape, line, [&](std::int64_t to, std::int64_t from, int height, int width) {
          T* largest = out.data() + to;
          std::fill_n(largest, channels, lo);
          for (int i = 0; i < height; ++i) {
            for (int j = 0; j < width; ++j) {
              const T* codes = in.data() + from + (std::int64_t{i} * window_.x.in + j) * channels;
              max_scalar(codes, channels, largest);
            }
          }
          for (int c = 0; c < channels; ++c) largest[c] = std::min(largest[c], hi);
        });
      });
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    with_codes(context, [&](auto in, auto) {
      const std::vector<std::int64_t> from = pool_elements(window_, context.inputs[0].spec->shape, element);
      std::int64_t largest = INT16_MIN;
      for (const std::int64_t e : from) largest = std::max<std::int64_t>(largest, in[static_cast<std::size_t>(e)]);
      explained_elements(in, from, trace);
      explained_code(noted("the largest", Traced<std::int64_t>(&trace, largest, "max(q)")), clamp_, trace);
    });
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(window_, clamp_); }
  /// An activation can give a code that no element has.
  [[nodiscard]] bool only_moves() const override { return !clamps_; }

 private:
  /// The input's pixels under an output's window.
  [[nodiscard]] PixelRun run_under(int x) const {
    const auto [first, end] = window_.x.inside(x);
    return {window_.x.start(x) + first, end - first};
  }

  /// A row of outputs: the largest of the rows under it, then of those pixels.
  template <typename T>
  void by_vectors(const T* in, const Shape& shape, std::int64_t line, T lo, T hi, T* largest, T* out) const {
    const int y = static_cast<int>(line % window_.y.out);
    const auto [first, end] = window_.y.inside(y);
    const std::int64_t stride = std::int64_t{window_.x.in} * shape[3];
    const T* rows = in + (line / window_.y.out * window_.y.in + window_.y.start(y) + first) * stride;
    const auto& kernels = kernels_.of(in);
    const bool one = end - first == 1;
    if (!one) kernels.rows(rows, stride, end - first, stride, largest);
    kernels.pixels(one ? rows : largest, runs_.data(), window_.x.out, shape[3], lo, hi,
                   out + line * window_.x.out * shape[3]);
  }

  Window window_;
  CodeRange clamp_;
  bool clamps_;
  std::size_t line_;  // bytes of a thread's row
  int threads_;
  std::vector<PixelRun> runs_;  // empty: by the definition
  MaxKernels kernels_;
  KernelForm form_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, 1, DType::kFloat32)) return number_pool_kernel(context, NumberPool::kLargest);
  NPUTWIN_ASSIGN_OR_RETURN(const Window window, pool_window(context));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(context.output(), *context.attributes));
  return std::make_unique<MaxPool>(window, clamp, context.output().type, context.input(0).shape[3], context);
}

}  // namespace

const OpDefinition& max_pool_2d_op() {
  static constexpr OpDefinition kOp{
      "MAX_POOL_2D",          pool_shapes, prepare, Family::kMovement, Family::kMovement, /*needs_no_values=*/false,
      /*reads_profile=*/true,
  };
  return kOp;
}

}  // namespace nputwin::ops::max_pool_2d
