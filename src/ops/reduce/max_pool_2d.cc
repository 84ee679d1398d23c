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
  MaxPool(Window window, CodeRange clamp, DType type, const Isa& isa)
      : window_(window), clamp_(clamp), clamps_(clamp != code_range(type)) {
    if (isa.scalar()) {
      form_.refused.push_back({"max_codes", kScalarAskedFor});
    } else if (!is_8bit(type)) {
      form_.refused.push_back({"max_codes", fmt::format("it takes 8-bit codes, the op has {}", name(type))});
    } else {
      form_.name = "max_codes";
      form_.isa = isa.name;
      kernels_ = max_codes(isa);
    }
  }

  [[nodiscard]] KernelForm form() const override { return form_; }

  void run(const RunContext& context) const override {
    with_codes(context, [&](auto in, auto out) {
      using T = typename decltype(out)::value_type;
      const Shape& shape = context.inputs[0].spec->shape;
      const int channels = shape[3];
      const auto lo = static_cast<T>(clamp_.lo), hi = static_cast<T>(clamp_.hi);
      context.pool->parallel(std::int64_t{shape[0]} * window_.y.out, [&](std::int64_t line, int) {
        for_each_pool_window(window_, shape, line, [&](std::int64_t to, std::int64_t from, int height, int width) {
          T* largest = out.data() + to;
          std::fill_n(largest, channels, lo);
          for (int i = 0; i < height; ++i) {
            for (int j = 0; j < width; ++j) {
              const T* codes = in.data() + from + (std::int64_t{i} * window_.x.in + j) * channels;
              accumulate(codes, channels, largest);
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
  template <typename T>
  void accumulate(const T* in, int count, T* largest) const {
    if (const auto vectors = kernels_.of(in)) {
      vectors(in, count, largest);
    } else {
      max_scalar(in, count, largest);
    }
  }

  Window window_;
  CodeRange clamp_;
  bool clamps_;
  MaxKernels kernels_;
  KernelForm form_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, 1, DType::kFloat32)) return number_pool_kernel(context, NumberPool::kLargest);
  NPUTWIN_ASSIGN_OR_RETURN(const Window window, pool_window(context));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(context.output(), *context.attributes));
  return std::make_unique<MaxPool>(window, clamp, context.output().type, context.isa);
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
