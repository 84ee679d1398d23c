#pragma once

#include <vector>

#include "ops/op.h"

namespace nputwin {

/// Shape inference for two inputs that are broadcast as NumPy does.
[[nodiscard]] Result<Shapes> broadcast_shapes(const NodeView& node);
/// The common shape of two.
[[nodiscard]] Result<Shape> broadcast_shape(const Shape& a, const Shape& b);

/// The output of an element-wise op on two inputs as runs along its innermost dimension; in a run each input
/// advances by one element or stands still.
class BroadcastWalk {
 public:
  BroadcastWalk(const Shape& out, const Shape& in_a, const Shape& in_b);

  [[nodiscard]] std::int64_t run() const { return extents_.back(); }
  [[nodiscard]] std::int64_t runs() const;
  /// How far each input advances in a run: 0 or 1.
  [[nodiscard]] std::int64_t step_a() const { return a_.back(); }
  [[nodiscard]] std::int64_t step_b() const { return b_.back(); }
  /// Where run number r starts in each input.
  [[nodiscard]] std::int64_t start_a(std::int64_t r) const { return start(r, a_); }
  [[nodiscard]] std::int64_t start_b(std::int64_t r) const { return start(r, b_); }

 private:
  [[nodiscard]] std::int64_t start(std::int64_t r, const std::vector<std::int64_t>& strides) const;

  std::vector<std::int64_t> extents_, a_, b_;  // outermost first; strides in elements
};

/// TFLite's optimised element-wise kernels take runs where the broadcast dimensions lie in one of five nested
/// loops (ProcessBroadcastShapes in process_broadcast_shapes.h), and scalar code otherwise.
[[nodiscard]] bool broadcasts_in_runs(const Shape& a, const Shape& b);

/// out = f(a, b) for each element, with broadcasting, whatever the types.
template <typename A, typename B, typename Out, typename F>
class BinaryKernel final : public Kernel {
 public:
  BinaryKernel(BroadcastWalk walk, F f) : walk_(std::move(walk)), f_(std::move(f)) {}

  void run(const RunContext& context) const override {
    const A* a = context.inputs[0].as<A>().data();
    const B* b = context.inputs[1].as<B>().data();
    Out* out = context.outputs[0].as<Out>().data();
    const std::int64_t n = walk_.run(), step_a = walk_.step_a(), step_b = walk_.step_b();
    context.pool->parallel(walk_.runs(), [&](std::int64_t r, int) {
      const A* pa = a + walk_.start_a(r);
      const B* pb = b + walk_.start_b(r);
      Out* po = out + r * n;
      for (std::int64_t i = 0; i < n; ++i) po[i] = f_(pa[i * step_a], pb[i * step_b]);
    });
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
