#include "ops/elementwise/pair_kernel.h"

#include <algorithm>
#include <array>

#include "kernels/explain.h"
#include "ops/elementwise/broadcast.h"
#include "ops/op.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace {

// From so many elements on, preparing as much as that pays: PairEffort.
constexpr std::int64_t kWorthForms = 64, kWorthAllPairs = 1024;

using Codes = std::shared_ptr<const PairCodes>;

class PairDefinition final : public Definition {
 public:
  /// Of each run's elements, the first `body_elements` are `body`.
  PairDefinition(const BroadcastWalk& walk, std::int64_t body_elements, Codes body, Codes tail)
      : walk_(walk), body_elements_(body_elements), body_(std::move(body)), tail_(std::move(tail)) {}

  [[nodiscard]] Of of() const override { return Of::kPair; }
  [[nodiscard]] std::int64_t function_number(std::int64_t element) const override { return in_body(element) ? 0 : 1; }
  [[nodiscard]] Function function(std::int64_t element) const override {
    return [codes = in_body(element) ? body_ : tail_](std::int64_t a, std::int64_t b) {
      return static_cast<double>(codes->code(static_cast<std::int32_t>(a), static_cast<std::int32_t>(b)));
    };
  }
  [[nodiscard]] std::optional<Parts> parts(std::int64_t element) const override {
    const PairCodes& codes = *(in_body(element) ? body_ : tail_);
    std::optional<Parts> parts = codes.function().parts();
    if (!parts) return std::nullopt;
    parts->finish = [finish = parts->finish, clamp = codes.clamp()](std::int64_t joined) {
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
  Codes body_, tail_;
};

class PairKernel final : public Kernel {
 public:
  PairKernel(BroadcastWalk walk, std::int64_t block, Codes body, Codes tail, KernelForm form)
      : walk_(std::move(walk)), block_(block), body_(std::move(body)), tail_(std::move(tail)), form_(std::move(form)) {}

  void run(const RunContext& context) const override {
    with_code_type(context.inputs[0].spec->type, [&](auto code) { run<decltype(code)>(context); });
  }
  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    with_code_type(context.inputs[0].spec->type, [&](auto code) {
      using T = decltype(code);
      const std::int64_t n = walk_.run(), r = element / n, i = element % n;
      const PairCodes& codes = *(i < body_elements() ? body_ : tail_);
      const auto a = explained_input<T>(context, 0, walk_.start_a(r) + i * walk_.step_a(), "a", trace);
      const auto b = explained_input<T>(context, 1, walk_.start_b(r) + i * walk_.step_b(), "b", trace);
      explained_code(codes.function()(a, b), codes.clamp(), trace);
    });
    return true;
  }
  [[nodiscard]] std::unique_ptr<Definition> definition(const RunContext& /*context*/) const override {
    return std::make_unique<PairDefinition>(walk_, body_elements(), body_, tail_);
  }
  [[nodiscard]] bool same_as(const Kernel& other) const override {
    const auto* pair = dynamic_cast<const PairKernel*>(&other);
    return pair != nullptr && walk_ == pair->walk_ && block_ == pair->block_ && body_->same_codes(*pair->body_) &&
           (block_ == 1 || tail_->same_codes(*pair->tail_));
  }
  [[nodiscard]] KernelForm form() const override { return form_; }

 private:
  static constexpr std::int64_t kTask = 16384;     ///< elements that are worth a thread's while
  static constexpr std::int64_t kRepeated = 1024;  ///< elements of a short run, repeated

  /// Of a run.
  [[nodiscard]] std::int64_t body_elements() const { return walk_.run() - walk_.run() % block_; }

  template <typename T>
  void run(const RunContext& context) const {
    const T *a = context.inputs[0].as<T>().data(), *b = context.inputs[1].as<T>().data();
    T* out = context.outputs[0].as<T>().data();
    const std::int64_t n = walk_.run(), body = body_elements();
    if (n == 0) return;
    if (body == n && 2 * n <= kRepeated) {
      if (walk_.repeats_b()) {
        return run_repeated(context, b, [&](std::int64_t i, const T* row, std::int64_t count) {
          body_->run(a + i, 1, row, 1, count, out + i);
        });
      }
      if (walk_.repeats_a()) {
        return run_repeated(context, a, [&](std::int64_t i, const T* row, std::int64_t count) {
          body_->run(row, 1, b + i, 1, count, out + i);
        });
      }
    }
    // A task has whole runs, or a part of one.
    const std::int64_t parts = (n + kTask - 1) / kTask, runs = std::max<std::int64_t>(kTask / n, 1);
    context.pool->parallel((walk_.runs() + runs - 1) / runs * parts, [&](std::int64_t task, int) {
      const std::int64_t from = task % parts * kTask, to = std::min(from + kTask, n);
      const std::int64_t first = task / parts * runs, last = std::min(first + runs, walk_.runs());
      const auto piece = [&](const PairCodes& codes, std::int64_t r, std::int64_t begin, std::int64_t end) {
        if (begin >= end) return;
        codes.run(a + walk_.start_a(r) + begin * walk_.step_a(), walk_.step_a(),
                  b + walk_.start_b(r) + begin * walk_.step_b(), walk_.step_b(), end - begin, out + r * n + begin);
      };
      for (std::int64_t r = first; r < last; ++r) {
        piece(*body_, r, from, std::min(to, body));
        piece(*tail_, r, std::max(from, body), to);
      }
    });
  }

  /// Calls f(first element, row, count) for pieces of the output, `row` being a short run again and again.
  template <typename T, typename F>
  void run_repeated(const RunContext& context, const T* run, const F& f) const {
    const std::int64_t n = walk_.run(), all = n * walk_.runs();
    const std::int64_t period = std::min(kRepeated / n, walk_.runs()) * n, task_size = kTask / period * period;
    std::array<T, kRepeated> row;
    for (std::int64_t i = 0; i < period; i += n) std::copy_n(run, n, row.begin() + i);
    context.pool->parallel((all + task_size - 1) / task_size, [&](std::int64_t task, int) {
      const std::int64_t end = std::min((task + 1) * task_size, all);
      for (std::int64_t i = task * task_size; i < end; i += period) f(i, row.data(), std::min(period, end - i));
    });
  }

  BroadcastWalk walk_;
  std::int64_t block_;
  Codes body_, tail_;
  KernelForm form_;
};

/// Of an op; adds to `form` why it is not all.
PairEffort effort_for(const TensorSpec& input, const TensorSpec& output, KernelForm& form) {
  std::string why;
  PairEffort effort = PairEffort::kAllPairs;
  if (!is_8bit(input.type)) {
    why = fmt::format("it takes 8-bit codes, the op has {}", name(input.type));
    effort = PairEffort::kNone;
  } else if (output.elements() < kWorthAllPairs) {
    why = fmt::format("its 65,536 entries are worth it from {} elements on, the output has {}", kWorthAllPairs,
                      output.elements());
    effort = output.elements() < kWorthForms ? PairEffort::kNone : PairEffort::kForms;
  }
  if (!why.empty()) form.refused.push_back({"pair_table", std::move(why)});
  return effort;
}

}  // namespace

std::unique_ptr<Kernel> pair_kernel(const PrepareContext& context, PairRule rule, CodeRange clamp) {
  const TensorSpec &a = context.input(0), &b = context.input(1), &out = context.output();
  BroadcastWalk walk(out.shape, a.shape, b.shape);
  const bool scalar = walk.step_a() == 0 || walk.step_b() == 0;
  PairFunction body = scalar && rule.scalar_body ? rule.scalar_body : rule.body;
  std::int64_t block = scalar ? rule.scalar_block : rule.block;
  if (!broadcasts_in_runs(a.shape, b.shape)) {
    body = rule.tail;
    block = 1;
  }
  KernelForm refusals;
  const PairEffort effort = effort_for(a, out, refusals);
  const auto codes = [&](PairFunction f) -> Codes {
    PairCodes::What what{std::move(f), a.type, clamp, context.isa, effort};
    if (context.pairs != nullptr) return context.pairs->get(std::move(what), rule.about);
    return std::make_shared<const PairCodes>(std::move(what), rule.about);
  };
  const Codes of_body = codes(std::move(body));
  Codes of_tail = block > 1 && walk.run() % block != 0 ? codes(std::move(rule.tail)) : of_body;
  KernelForm form = of_body->form();
  if (form.name == "scalar") form.refused.insert(form.refused.end(), refusals.refused.begin(), refusals.refused.end());
  return std::make_unique<PairKernel>(std::move(walk), block, of_body, std::move(of_tail), std::move(form));
}

}  // namespace nputwin
