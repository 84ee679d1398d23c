#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>

#include "kernels/explain.h"
#include "ops/op.h"
#include "ops/reduce/block_sums.h"
#include "ops/reduce/reduction.h"
#include "tensor/code_types.h"

namespace nputwin {

// What MEAN and SUM share.

/// The sum of the codes that make output element `element`, traced.
template <typename T>
[[nodiscard]] Traced<std::int64_t> explained_sum(const RunContext& context, const Reduction& reduction,
                                                 std::int64_t element, const T* codes, Trace& trace) {
  const auto values = explained_elements(codes, reduction.sources(context.inputs[0].spec->shape, element), trace);
  const std::int64_t sum = std::accumulate(values.begin(), values.end(), std::int64_t{0});
  return noted("sum of the " + std::to_string(values.size()) + " quantized values",
               Traced<std::int64_t>(&trace, sum, "sum(q)"));
}

/// Elements that are each a function of the exact sum of some codes of input 0.
class SumDefinition final : public Definition {
 public:
  /// `number`: elements of equal ones have the same function. `sources`: whose codes are added up. `finish`: the value
  /// of a sum for an element. `stride`: Definition::stride.
  SumDefinition(std::function<std::int64_t(std::int64_t element)> number,
                std::function<std::vector<std::int64_t>(std::int64_t element)> sources,
                std::function<double(std::int64_t sum, std::int64_t element)> finish, std::int64_t stride)
      : number_(std::move(number)), sources_(std::move(sources)), finish_(std::move(finish)), stride_(stride) {}

  [[nodiscard]] Of of() const override { return Of::kSum; }
  [[nodiscard]] std::int64_t function_number(std::int64_t element) const override { return number_(element); }
  [[nodiscard]] std::int64_t stride() const override { return stride_; }
  [[nodiscard]] Function function(std::int64_t element) const override {
    return [this, element](std::int64_t sum, std::int64_t) { return finish_(sum, element); };
  }
  [[nodiscard]] Sum sum(std::int64_t element) const override {
    Sum sum;
    for (const std::int64_t from : sources_(element)) sum.terms.push_back({from, 1});
    return sum;
  }

 private:
  std::function<std::int64_t(std::int64_t)> number_;
  std::function<std::vector<std::int64_t>(std::int64_t)> sources_;
  std::function<double(std::int64_t, std::int64_t)> finish_;
  std::int64_t stride_;
};

/// Exact sums of codes over the reduced dimensions. `Finish` makes each an output code:
/// finish(sum, index in the last dimension), for plain and traced sums; finish.number(index): indices of equal numbers
/// are one function. If it has many(), that does the same for many sums up to the clamp to range().
template <typename Finish>
class SumKernel final : public Kernel {
 public:
  /// `stored`: the type as which the codes' bytes are read.
  SumKernel(Finish finish, Reduction reduction, const Shape& in, DType stored, const Isa& isa)
      : finish_(finish),
        reduction_(std::move(reduction)),
        channels_(std::max(1, in.back())),
        stored_(stored),
        blocks_(reduction_, in, stored, isa) {}

  [[nodiscard]] KernelForm form() const override { return blocks_.form(); }
  [[nodiscard]] std::size_t scratch_bytes() const override {
    if (blocks_.by_vectors()) return blocks_.scratch_bytes();
    return static_cast<std::size_t>(reduction_.outputs) * sizeof(std::int64_t);
  }

  void run(const RunContext& context) const override {
    with_code_type(stored_, [&](auto code) {
      using T = decltype(code);
      const auto* in = reinterpret_cast<const T*>(context.inputs[0].bytes.data());
      auto* out = reinterpret_cast<T*>(context.outputs[0].bytes.data());
      if constexpr (sizeof(T) == 1) {
        if (blocks_.by_vectors()) {
          std::int32_t* sums = blocks_.run(in, context.scratch.data());
          if constexpr (requires { finish_.many(sums, 0); }) {
            if (finish_.many(sums, reduction_.outputs)) {
              const CodeRange range = finish_.range();
              for (std::int64_t o = 0; o < reduction_.outputs; ++o)
                out[o] = static_cast<T>(std::min(std::max(sums[o], range.lo), range.hi));
              return;
            }
          }
          for (std::int64_t o = 0; o < reduction_.outputs; ++o)
            out[o] = static_cast<T>(finish_(std::int64_t{sums[o]}, o % channels_));
          return;
        }
      }
      auto* sums = reinterpret_cast<std::int64_t*>(context.scratch.data());
      std::fill_n(sums, reduction_.outputs, 0);
      reduction_.for_each(context.inputs[0].spec->shape,
                          [&](std::int64_t from, std::int64_t to) { sums[to] += in[from]; });
      for (std::int64_t o = 0; o < reduction_.outputs; ++o) out[o] = static_cast<T>(finish_(sums[o], o % channels_));
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    with_code_type(stored_, [&](auto code) {
      using T = decltype(code);
      const auto* in = reinterpret_cast<const T*>(context.inputs[0].bytes.data());
      const auto sum = explained_sum(context, reduction_, element, in, trace);
      const auto result = to<std::int64_t>(noted("the quantized value", finish_(sum, element % channels_)));
      const bool signed_bytes = stored_ == DType::kUInt8 && context.outputs[0].spec->type == DType::kInt8;
      explained_number(signed_bytes ? to<std::int64_t>(to<std::int8_t>(result)) : result, trace);
    });
    return true;
  }

  [[nodiscard]] std::unique_ptr<Definition> definition(const RunContext& context) const override {
    if (stored_ != context.outputs[0].spec->type) return nullptr;  // codes in one type, added up in another
    return std::make_unique<SumDefinition>(
        [this](std::int64_t element) { return finish_.number(element % channels_); },
        [this, shape = context.inputs[0].spec->shape](std::int64_t element) {
          return reduction_.sources(shape, element);
        },
        [this](std::int64_t sum, std::int64_t element) {
          double value = 0;
          with_code_type(stored_, [&](auto code) {
            value = static_cast<double>(static_cast<decltype(code)>(finish_(sum, element % channels_)));
          });
          return value;
        },
        reduction_.reduced.back() ? 1 : channels_);
  }

 private:
  Finish finish_;
  Reduction reduction_;
  std::int64_t channels_;
  DType stored_;
  BlockSums blocks_;
};

template <typename Finish>
[[nodiscard]] std::unique_ptr<Kernel> sum_kernel(const PrepareContext& context, Finish finish, Reduction reduction,
                                                 DType stored) {
  return std::make_unique<SumKernel<Finish>>(finish, std::move(reduction), context.input(0).shape, stored, context.isa);
}

/// The reduction of a node of codes, checked for types and for sums that stay inside 32 bits.
[[nodiscard]] Result<Reduction> code_reduction(const PrepareContext& context);

/// Sums of numbers in memory order, as TFLite's own kernels add them up; `mean`: divided by their count. Integers are
/// added up in int64 for a mean, which is cut toward zero, else in their own type; both wrap. Nothing: not numbers of
/// one type.
[[nodiscard]] std::optional<Result<std::unique_ptr<Kernel>>> number_sum_kernel(const PrepareContext& context,
                                                                               bool mean);

}  // namespace nputwin
