#include "ops/reduce/real_reduction.h"

#include <algorithm>

#include "fixed/binary16.h"
#include "kernels/explain.h"
#include "ops/codes.h"
#include "profile/profile.h"

namespace nputwin {
namespace {

/// Neighbouring axes reduced at once: an array [outer, count, inner] becomes [outer, inner].
struct Stage {
  std::int64_t outer = 1, count = 1, inner = 1;
  bool operator==(const Stage&) const = default;
};

/// From the innermost axes to the outermost. Dimensions of one element separate nothing.
std::vector<Stage> stages_of(const Shape& shape, const std::vector<bool>& reduced) {
  std::vector<Stage> stages;
  std::int64_t inner = 1;  // of what earlier stages leave
  bool open = false;       // the last stage may still grow
  for (std::size_t d = shape.size(); d-- > 0;) {
    if (shape[d] == 1) continue;
    if (!reduced[d]) {
      inner *= shape[d];
      open = false;
    } else if (open) {
      stages.back().count *= shape[d];
    } else {
      stages.push_back({1, shape[d], inner});
      open = true;
    }
  }
  std::int64_t elements = element_count(shape).value_or(0);
  for (Stage& s : stages) s.outer = elements / (s.count * s.inner), elements /= s.count;
  return stages;
}

class RealReduction final : public ComparableKernel<RealReduction> {
 public:
  RealReduction(std::vector<Stage> stages, RealRule rule, Reducer reducer, bool binary16, std::int64_t inputs)
      : stages_(std::move(stages)),
        rule_(rule),
        reducer_(reducer),
        binary16_(binary16 && stages_.size() > 1),
        inputs_(inputs) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(inputs_) * sizeof(double);
  }

  void run(const RunContext& context) const override {
    auto* values = reinterpret_cast<double*>(context.scratch.data());
    const TensorSpec& out = *context.outputs[0].spec;
    with_codes(context, [&](auto codes, auto results) {
      before_last_stage(codes, *context.inputs[0].spec, values);
      if (!stages_.empty()) reduce(stages_.back(), values);
      const CodeRange range = code_range(out.type);
      for (std::size_t i = 0; i < results.size(); ++i) {
        const std::int64_t y = code(values[i], out);
        results[i] =
            static_cast<typename decltype(results)::value_type>(std::clamp<std::int64_t>(y, range.lo, range.hi));
      }
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    auto* values = reinterpret_cast<double*>(context.scratch.data());
    with_codes(context, [&](auto codes, auto) {
      add_inputs(stages_.size(), element, codes, trace);
      before_last_stage(codes, *context.inputs[0].spec, values);
    });
    const Stage last = stages_.empty() ? Stage{} : stages_.back();
    const double* from = values + element / last.inner * last.count * last.inner + element % last.inner;
    std::vector<double> list;
    list.reserve(static_cast<std::size_t>(last.count));
    for (std::int64_t k = 0; k < last.count; ++k) list.push_back(from[k * last.inner]);
    explained_list("x", list, trace, stages_.size() > 1 ? "what the inner axes give, in binary16" : "the real inputs");
    const bool sum = reducer_ == Reducer::kSum;
    const Traced<double> result(&trace, reduced(last, from),
                                std::string("functools.reduce(lambda a, b: a ") + (sum ? "+" : "*") + " b, x)");
    const TensorSpec& out = *context.outputs[0].spec;
    explained_code(code(noted(sum ? "sum of the real numbers" : "product of the real numbers", result), out),
                   code_range(out.type), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(stages_, rule_, reducer_, binary16_); }

 private:
  template <typename N>
  [[nodiscard]] Wide<N> code(const N& value, const TensorSpec& out) const {
    return rule_.code(value / static_cast<double>(out.scale()), out.zero_point());
  }

  /// The real inputs, with all stages but the last behind them.
  template <typename Codes>
  void before_last_stage(const Codes& codes, const TensorSpec& in, double* values) const {
    const auto scale = static_cast<double>(in.scale());
    for (std::size_t i = 0; i < codes.size(); ++i) values[i] = scale * (codes[i] - in.zero_point());
    for (std::size_t s = 0; s + 1 < stages_.size(); ++s) {
      reduce(stages_[s], values);
      if (binary16_) std::transform(values, values + stages_[s].outer * stages_[s].inner, values, to_binary16);
    }
  }

  /// The input elements behind element `i` of what the first `stages` stages leave.
  template <typename Codes>
  void add_inputs(std::size_t stages, std::int64_t i, const Codes& codes, Trace& trace) const {
    if (stages == 0) return trace.add_input({0, i, static_cast<double>(codes[static_cast<std::size_t>(i)])});
    const Stage& s = stages_[stages - 1];
    for (std::int64_t k = 0; k < s.count; ++k)
      add_inputs(stages - 1, (i / s.inner * s.count + k) * s.inner + i % s.inner, codes, trace);
  }

  [[nodiscard]] double reduced(const Stage& s, const double* from) const {
    double result = *from;
    for (std::int64_t k = 1; k < s.count; ++k) {
      const double next = from[k * s.inner];
      result = reducer_ == Reducer::kSum ? result + next : result * next;
    }
    return result;
  }

  /// In place: what is read lies at or behind what is written.
  void reduce(const Stage& s, double* values) const {
    for (std::int64_t o = 0; o < s.outer; ++o) {
      for (std::int64_t i = 0; i < s.inner; ++i) {
        values[o * s.inner + i] = reduced(s, values + o * s.count * s.inner + i);
      }
    }
  }

  std::vector<Stage> stages_;
  RealRule rule_;
  Reducer reducer_;
  bool binary16_;
  std::int64_t inputs_;
};

}  // namespace

std::unique_ptr<Kernel> real_reduction_kernel(const PrepareContext& context, const Reduction& reduction,
                                              Reducer reducer) {
  const Shape& in = context.input(0).shape;
  return std::make_unique<RealReduction>(stages_of(in, reduction.reduced), context.real(), reducer,
                                         context.profile->reduces_in_binary16, element_count(in).value_or(0));
}

bool rounds_between_axes(const PrepareContext& context, const Reduction& reduction) {
  return context.profile->reduces_in_binary16 && stages_of(context.input(0).shape, reduction.reduced).size() > 1;
}

}  // namespace nputwin
