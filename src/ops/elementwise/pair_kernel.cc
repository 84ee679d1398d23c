#include "ops/elementwise/pair_kernel.h"

#include <algorithm>

#include "kernels/explain.h"
#include "ops/elementwise/broadcast.h"
#include "ops/op.h"
#include "tensor/code_types.h"

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
        table_[static_cast<std::size_t>((a + offset_) * 256 + b + offset_)] = static_cast<std::uint8_t>(evaluate(a, b));
      }
    }
  }

  /// The low bits of the code.
  [[nodiscard]] std::int32_t operator()(std::int32_t a, std::int32_t b) const {
    if (table_.empty()) return evaluate(a, b);
    return table_[static_cast<std::size_t>((a + offset_) * 256 + b + offset_)];
  }
  [[nodiscard]] std::int32_t code(std::int32_t a, std::int32_t b) const {
    const std::int32_t bits = (*this)(a, b);
    return table_.empty() || offset_ == 0 ? bits : static_cast<std::int8_t>(bits);
  }

  [[nodiscard]] bool same_table(const PairCodes& other) const { return !table_.empty() && table_ == other.table_; }
  [[nodiscard]] const PairFunction& function() const { return f_; }
  [[nodiscard]] CodeRange clamp() const { return clamp_; }

 private:
  [[nodiscard]] std::int32_t evaluate(std::int32_t a, std::int32_t b) const {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(f_(a, b), clamp_.lo, clamp_.hi));
  }

  PairFunction f_;
  std::int32_t offset_;
  CodeRange clamp_;
  std::vector<std::uint8_t> table_;
};

class PairDefinition final : public Definition {
 public:
  /// Of each run's elements, the first `body_elements` are `body`.
  PairDefinition(const BroadcastWalk& walk, std::int64_t body_elements, const PairCodes& body, const PairCodes& tail)
      : walk_(walk), body_elements_(body_elements), body_(body), tail_(tail) {}

  [[nodiscard]] Of of() const override { return Of::kPair; }
  [[nodiscard]] std::int64_t function_number(std::int64_t element) const override { return in_body(element) ? 0 : 1; }
  [[nodiscard]] Function function(std::int64_t element) const override {
    return [&codes = in_body(element) ? body_ : tail_](std::int64_t a, std::int64_t b) {
      return static_cast<double>(codes.code(static_cast<std::int32_t>(a), static_cast<std::int32_t>(b)));
    };
  }
  [[nodiscard]] std::optional<Parts> parts(std::int64_t element) const override {
    const PairCodes& codes = in_body(element) ? body_ : tail_;
    if (!codes.function().parts) return std::nullopt;
    Parts parts = codes.function().parts();
    parts.finish = [finish = parts.finish, clamp = codes.clamp()](std::int64_t joined) {
      return std::clamp<double>(finish(joined), clamp.lo, clamp.hi);
    };
    return parts;
  }
  [[nodiscard]] std::vector<Place> places(std::int64_t element) const override {
    const std::int64_t r = element / walk_.run(), i = element % walk_.run();
    return {{0, walk_.start_a(r) + i * walk_.step_a()}, {1, walk_.start_b(r) + i * walk_.step_b()}};
  }

 private:
  [[nodiscard]] bool in_body(std::int64_t element) const { return element % walk_.run() < body_elements_; }

  const BroadcastWalk& walk_;
  std::int64_t body_elements_;
  const PairCodes &body_, &tail_;
};

class PairKernel final : public Kernel {
 public:
  PairKernel(BroadcastWalk walk, std::int64_t block, PairCodes body, PairCodes tail, KernelForm form)
      : walk_(std::move(walk)), block_(block), body_(std::move(body)), tail_(std::move(tail)), form_(std::move(form)) {}

  void run(const RunContext& context) const override {
    with_code_type(context.inputs[0].spec->type, [&](auto code) { run<decltype(code)>(context); });
  }
  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    with_code_type(context.inputs[0].spec->type, [&](auto code) {
      using T = decltype(code);
      const std::int64_t n = walk_.run(), r = element / n, i = element % n;
      const PairCodes& codes = i < body_elements() ? body_ : tail_;
      const auto a = explained_input<T>(context, 0, walk_.start_a(r) + i * walk_.step_a(), "a", trace);
      const auto b = explained_input<T>(context, 1, walk_.start_b(r) + i * walk_.step_b(), "b", trace);
      explained_code(codes.function().traced(a, b), codes.clamp(), trace);
    });
    return true;
  }
  [[nodiscard]] std::unique_ptr<Definition> definition(const RunContext& /*context*/) const override {
    return std::make_unique<PairDefinition>(walk_, body_elements(), body_, tail_);
  }
  /// Where both have tables.
  [[nodiscard]] bool same_as(const Kernel& other) const override {
    const auto* pair = dynamic_cast<const PairKernel*>(&other);
    return pair != nullptr && walk_ == pair->walk_ && block_ == pair->block_ && body_.same_table(pair->body_) &&
           (block_ == 1 || tail_.same_table(pair->tail_));
  }
  [[nodiscard]] KernelForm form() const override { return form_; }

 private:
  /// Of a run.
  [[nodiscard]] std::int64_t body_elements() const { return walk_.run() - walk_.run() % block_; }

  template <typename T>
  void run(const RunContext& context) const {
    const auto a = context.inputs[0].as<T>(), b = context.inputs[1].as<T>();
    const auto out = context.outputs[0].as<T>();
    const std::int64_t step_a = walk_.step_a(), step_b = walk_.step_b(), n = walk_.run(), body = body_elements();
    context.pool->parallel(walk_.runs(), [&](std::int64_t r, int) {
      const T* pa = a.data() + walk_.start_a(r);
      const T* pb = b.data() + walk_.start_b(r);
      T* po = out.data() + r * n;
      for (std::int64_t i = 0; i < body; ++i) po[i] = static_cast<T>(body_(pa[i * step_a], pb[i * step_b]));
      for (std::int64_t i = body; i < n; ++i) po[i] = static_cast<T>(tail_(pa[i * step_a], pb[i * step_b]));
    });
  }

  BroadcastWalk walk_;
  std::int64_t block_;
  PairCodes body_, tail_;
  KernelForm form_;
};

/// A table of pairs where that is worth it, or why it is not.
KernelForm form_of(const TensorSpec& input, const TensorSpec& output) {
  KernelForm form;
  if (!is_8bit(input.type)) {
    form.refused.push_back({"pair_table", fmt::format("it takes 8-bit codes, the op has {}", name(input.type))});
  } else if (output.elements() < kWorthATable) {
    form.refused.push_back(
        {"pair_table", fmt::format("its 65,536 entries are worth it from {} elements on, the output has {}",
                                   kWorthATable, output.elements())});
  } else {
    form.name = "pair_table";
  }
  return form;
}

}  // namespace

std::unique_ptr<Kernel> pair_kernel(const NodeView& node, PairRule rule, CodeRange clamp) {
  const TensorSpec &a = node.input(0), &b = node.input(1), &out = node.output();
  BroadcastWalk walk(out.shape, a.shape, b.shape);
  const bool scalar = walk.step_a() == 0 || walk.step_b() == 0;
  KernelForm form = form_of(a, out);
  const bool table = form.refused.empty();
  PairFunction body = scalar && rule.scalar_body ? rule.scalar_body : rule.body;
  std::int64_t block = scalar ? rule.scalar_block : rule.block;
  if (!broadcasts_in_runs(a.shape, b.shape)) {
    body = rule.tail;
    block = 1;
  }
  return std::make_unique<PairKernel>(std::move(walk), block, PairCodes(std::move(body), a.type, clamp, table),
                                      PairCodes(std::move(rule.tail), a.type, clamp, table && block > 1),
                                      std::move(form));
}

}  // namespace nputwin
