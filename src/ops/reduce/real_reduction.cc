#include "ops/reduce/real_reduction.h"

#include <algorithm>

#include "fixed/binary16.h"
#include "ops/codes.h"
#include "profile/profile.h"

namespace nputwin {
namespace {

/// Neighbouring axes reduced at once: an array [outer, count, inner] becomes [outer, inner].
struct Stage {
  std::int64_t outer = 1, count = 1, inner = 1;
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

class RealReduction final : public Kernel {
 public:
  RealReduction(std::vector<Stage> stages, RealRule rule, Reducer reducer, bool binary16, std::int64_t inputs)
      : stages_(std::move(stages)), rule_(rule), reducer_(reducer), binary16_(binary16), inputs_(inputs) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(inputs_) * sizeof(double);
  }

  void run(const RunContext& context) const override {
    auto* values = reinterpret_cast<double*>(context.scratch.data());
    const TensorSpec &in = *context.inputs[0].spec, &out = *context.outputs[0].spec;
    const std::int32_t zero = in.zero_point();
    const auto scale = static_cast<double>(in.scale());
    with_codes(context, [&](auto codes, auto results) {
      for (std::size_t i = 0; i < codes.size(); ++i) values[i] = scale * (codes[i] - zero);
      for (std::size_t s = 0; s < stages_.size(); ++s) {
        reduce(stages_[s], values);
        if (binary16_ && s + 1 < stages_.size())
          std::transform(values, values + stages_[s].outer * stages_[s].inner, values, to_binary16);
      }
      const CodeRange range = code_range(out.type);
      for (std::size_t i = 0; i < results.size(); ++i) {
        const std::int64_t y = rule_.code(values[i] / static_cast<double>(out.scale()), out.zero_point());
        results[i] =
            static_cast<typename decltype(results)::value_type>(std::clamp<std::int64_t>(y, range.lo, range.hi));
      }
    });
  }

 private:
  /// In place: what is read lies at or behind what is written.
  void reduce(const Stage& s, double* values) const {
    for (std::int64_t o = 0; o < s.outer; ++o) {
      for (std::int64_t i = 0; i < s.inner; ++i) {
        const double* from = values + o * s.count * s.inner + i;
        double result = *from;
        for (std::int64_t k = 1; k < s.count; ++k) {
          const double next = from[k * s.inner];
          result = reducer_ == Reducer::kSum ? result + next : result * next;
        }
        values[o * s.inner + i] = result;
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
