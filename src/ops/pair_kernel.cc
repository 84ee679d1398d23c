#include "ops/pair_kernel.h"

#include <algorithm>

#include "kernels/nd_copy.h"
#include "ops/common.h"

namespace nputwin {
namespace {

constexpr std::int64_t kWorthATable = 1024;

/// One function of two codes, by table or directly.
class PairCodes {
 public:
  PairCodes(PairFunction f, DType input, CodeRange clamp, bool table)
      : f_(std::move(f)), offset_(input == DType::kInt8 ? 128 : 0), clamp_(clamp) {
    if (!table) return;
    table_.resize(65536);
    const CodeRange in = code_range(input);
    for (std::int32_t a = in.lo; a <= in.hi; ++a) {
      for (std::int32_t b = in.lo; b <= in.hi; ++b) {
        table_[static_cast<std::size_t>((a + offset_) * 256 + b + offset_)] =
            static_cast<std::uint8_t>(evaluate(a, b));
      }
    }
  }

  [[nodiscard]] std::uint8_t operator()(std::int32_t a, std::int32_t b) const {
    if (table_.empty()) return static_cast<std::uint8_t>(evaluate(a, b));
    return table_[static_cast<std::size_t>((a + offset_) * 256 + b + offset_)];
  }

 private:
  [[nodiscard]] std::int64_t evaluate(std::int32_t a, std::int32_t b) const {
    return std::clamp<std::int64_t>(f_(a, b), clamp_.lo, clamp_.hi);
  }

  PairFunction f_;
  std::int32_t offset_;
  CodeRange clamp_;
  std::vector<std::uint8_t> table_;
};

/// The output as runs along its innermost dimension; in a run each input advances by one element or stands
/// still.
struct Walk {
  std::vector<std::int64_t> extents, a, b;  // outermost first; strides in elements

  Walk(const Shape& out, const Shape& in_a, const Shape& in_b) {
    const auto sa = dense_strides(in_a), sb = dense_strides(in_b);
    const auto stride = [&](const Shape& shape, const std::vector<std::int64_t>& strides,
                            std::size_t d) -> std::int64_t {
      const std::size_t missing = out.size() - shape.size();
      return d < missing || shape[d - missing] == 1 ? 0 : strides[d - missing];
    };
    for (std::size_t d = 0; d < out.size(); ++d) {
      if (out[d] == 1) continue;
      const std::int64_t next_a = stride(in_a, sa, d), next_b = stride(in_b, sb, d);
      if (!extents.empty() && a.back() == next_a * out[d] && b.back() == next_b * out[d]) {
        extents.back() *= out[d], a.back() = next_a, b.back() = next_b;
      } else {
        extents.push_back(out[d]), a.push_back(next_a), b.push_back(next_b);
      }
    }
    if (extents.empty()) extents.push_back(1), a.push_back(1), b.push_back(1);
  }

  [[nodiscard]] std::int64_t run() const { return extents.back(); }
  [[nodiscard]] std::int64_t runs() const {
    std::int64_t n = 1;
    for (std::size_t d = 0; d + 1 < extents.size(); ++d) n *= extents[d];
    return n;
  }
  /// Where run number r starts in an input with those strides.
  [[nodiscard]] std::int64_t start(std::int64_t r, const std::vector<std::int64_t>& strides) const {
    std::int64_t at = 0;
    for (std::size_t d = extents.size() - 1; d-- > 0; r /= extents[d]) at += r % extents[d] * strides[d];
    return at;
  }
};

class PairKernel final : public Kernel {
 public:
  PairKernel(Walk walk, std::int64_t block, PairCodes body, PairCodes tail)
      : walk_(std::move(walk)), block_(block), body_(std::move(body)), tail_(std::move(tail)) {}

  void run(const RunContext& context) const override {
    if (context.inputs[0].spec->type == DType::kUInt8) {
      run<std::uint8_t>(context);
    } else {
      run<std::int8_t>(context);
    }
  }

 private:
  template <typename T>
  void run(const RunContext& context) const {
    const auto a = context.inputs[0].as<T>(), b = context.inputs[1].as<T>();
    const auto out = context.outputs[0].bytes;
    const std::int64_t step_a = walk_.a.back(), step_b = walk_.b.back(), n = walk_.run(),
                       body = n - n % block_;
    context.pool->parallel(walk_.runs(), [&](std::int64_t r, int) {
      const T* pa = a.data() + walk_.start(r, walk_.a);
      const T* pb = b.data() + walk_.start(r, walk_.b);
      std::byte* po = out.data() + r * n;
      for (std::int64_t i = 0; i < body; ++i) po[i] = std::byte{body_(pa[i * step_a], pb[i * step_b])};
      for (std::int64_t i = body; i < n; ++i) po[i] = std::byte{tail_(pa[i * step_a], pb[i * step_b])};
    });
  }

  Walk walk_;
  std::int64_t block_;
  PairCodes body_, tail_;
};

}  // namespace

Result<Shapes> broadcast_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  const Shape& a = node.input(0).shape;
  const Shape& b = node.input(1).shape;
  Shape out(std::max(a.size(), b.size()), 1);
  for (std::size_t d = 0; d < out.size(); ++d) {
    const std::int32_t x = d < a.size() ? a[a.size() - 1 - d] : 1, y = d < b.size() ? b[b.size() - 1 - d] : 1;
    if (x != y && x != 1 && y != 1)
      return error("shapes {} and {} do not broadcast", to_string(a), to_string(b));
    out[out.size() - 1 - d] = x == 1 ? y : x;
  }
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> pair_kernel(const PrepareContext& context, PairRule rule, CodeRange clamp) {
  const TensorSpec& in = context.input(0);
  const TensorSpec& out = context.output();
  Walk walk(out.shape, in.shape, context.input(1).shape);
  const bool scalar = walk.a.back() == 0 || walk.b.back() == 0;
  const bool table = out.elements() >= kWorthATable;
  PairFunction body = scalar && rule.scalar_body ? rule.scalar_body : rule.body;
  const std::int64_t block = scalar ? rule.scalar_block : rule.block;
  return std::make_unique<PairKernel>(std::move(walk), block,
                                      PairCodes(std::move(body), in.type, clamp, table),
                                      PairCodes(std::move(rule.tail), in.type, clamp, table && block > 1));
}

}  // namespace nputwin
