#include "kernels/requantize/requantizer.h"

#include <fmt/format.h>

#include <cmath>

#include "tensor/code_types.h"

namespace nputwin {

bool ElementEpilogue::rises(std::int64_t lowest, std::int64_t highest) const {
  constexpr double kFarBelowAnyRegister = 0x1p29;
  const auto fits = [this](std::int64_t sum) {
    return accumulator_register(rule, sum) == sum &&
           std::abs(static_cast<double>(sum) * scale.binary64) < kFarBelowAnyRegister;
  };
  return scale.binary64 >= 0 && fits(lowest) && fits(highest);
}

Requantizer::Requantizer(const RequantizeRule& rule, std::span<const EffectiveMultiplier> channels,
                         std::int32_t zero_point, CodeRange clamp, DType output, std::int64_t largest_accumulator,
                         const Isa& isa)
    : rule_(rule), channels_(channels.begin(), channels.end()), output_(output) {
  parameters_.zero_point = zero_point;
  parameters_.clamp = clamp;
  const RequantizeWork work{rule_, channels_, largest_accumulator};
  const auto refused = [&](std::string_view form, std::string reason) {
    form_.refused.push_back({std::string(form), std::move(reason)});
  };
  if (std::string reason = refuses_vectors(work, output, isa); !reason.empty()) {
    refused("vector", std::move(reason));
    return;
  }
  for (const RequantizeForm& form : requantize_forms()) {
    if (!form.is_for(rule)) continue;
    if (std::string reason = form.refuses(work); !reason.empty()) {
      refused(form.name, std::move(reason));
      continue;
    }
    form.prepare(work, parameters_);
    const RequantizeKernels::ByOutput code = requantize_kernels(isa).*form.code;
    code_ = output == DType::kUInt8 ? code.u8 : code.i8;
    form_.name = form.name;
    form_.isa = isa.name;
    return;
  }
  if (form_.refused.empty()) {
    refused("vector", fmt::format("none has method {} with ties {}{}", name(rule.method), name(rule.rounding),
                                  rule.zero_point_first ? " and the zero point first" : ""));
  }
}

void Requantizer::run(const std::int32_t* acc, std::ptrdiff_t acc_stride, int rows, int begin, int count, void* out,
                      std::ptrdiff_t out_stride) const {
  if (code_ != nullptr) {
    code_(parameters_, acc, acc_stride, rows, begin, count, out, out_stride);
    return;
  }
  with_code_type(output_, [&](auto code_type) {
    using T = decltype(code_type);
    for (int r = 0; r < rows; ++r) {
      for (int c = 0; c < count; ++c)
        static_cast<T*>(out)[r * out_stride + c] = static_cast<T>(code(acc[r * acc_stride + c], begin + c));
    }
  });
}

}  // namespace nputwin
