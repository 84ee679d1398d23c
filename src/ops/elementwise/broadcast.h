#pragma once

#include "kernels/copy/broadcast_walk.h"
#include "kernels/explain.h"
#include "ops/broadcast_runs.h"
#include "ops/elementwise/same_function.h"
#include "ops/op.h"

namespace nputwin {

/// Shape inference for two inputs that are broadcast as NumPy does.
[[nodiscard]] Result<Shapes> broadcast_shapes(const NodeView& node);
/// The common shape of two.
[[nodiscard]] Result<Shape> broadcast_shape(const Shape& a, const Shape& b);

/// out = f(a, b) for each element, with broadcasting, whatever the types. f takes traced numbers too.
template <typename A, typename B, typename Out, typename F>
class BinaryKernel final : public Kernel {
 public:
  BinaryKernel(BroadcastWalk walk, F f) : walk_(std::move(walk)), f_(std::move(f)) {}

  void run(const RunContext& context) const override {
    const A* a = context.inputs[0].as<A>().data();
    const B* b = context.inputs[1].as<B>().data();
    Out* out = context.outputs[0].as<Out>().data();
    const std::int64_t n = walk_.run(), step_a = walk_.step_a(), step_b = walk_.step_b();
    if (n == 0) return;
    context.pool->parallel(walk_.runs(), [&](std::int64_t r, int) {
      const A* pa = a + walk_.start_a(r);
      const B* pb = b + walk_.start_b(r);
      Out* po = out + r * n;
      // Without steps in the index the compiler makes vectors.
      if (step_a == 1 && step_b == 1) {
        for (std::int64_t i = 0; i < n; ++i) po[i] = f_(pa[i], pb[i]);
      } else if (step_a == 1) {
        const B still = *pb;
        for (std::int64_t i = 0; i < n; ++i) po[i] = f_(pa[i], still);
      } else {
        const A still = *pa;
        for (std::int64_t i = 0; i < n; ++i) po[i] = f_(still, pb[i]);
      }
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const std::int64_t r = element / walk_.run(), i = element % walk_.run();
    const auto a = explained_input<A>(context, 0, walk_.start_a(r) + i * walk_.step_a(), "a", trace);
    const auto b = explained_input<B>(context, 1, walk_.start_b(r) + i * walk_.step_b(), "b", trace);
    explained_number(f_(a, b), trace);
    return true;
  }

  [[nodiscard]] bool same_as(const Kernel& other) const override {
    const auto* binary = dynamic_cast<const BinaryKernel*>(&other);
    return binary != nullptr && walk_ == binary->walk_ && same_function(f_, binary->f_);
  }

 private:
  BroadcastWalk walk_;
  F f_;
};

template <typename A, typename B, typename Out, typename F>
[[nodiscard]] std::unique_ptr<Kernel> binary_kernel(const NodeView& node, F f) {
  return std::make_unique<BinaryKernel<A, B, Out, F>>(
      BroadcastWalk(node.output().shape, node.input(0).shape, node.input(1).shape), std::move(f));
}

}  // namespace nputwin
