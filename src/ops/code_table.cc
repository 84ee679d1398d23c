#include "ops/code_table.h"

#include <cmath>

#include "base/checked.h"
#include "fixed/rounding.h"

namespace nputwin {

void CodeTableKernel::run(const RunContext& context) const {
  const auto in = context.inputs[0].bytes;
  const auto out = context.outputs[0].bytes;
  const std::size_t body = in.size() - in.size() % static_cast<std::size_t>(block_);
  for (std::size_t i = 0; i < body; ++i) out[i] = std::byte{body_[static_cast<std::uint8_t>(in[i])]};
  for (std::size_t i = body; i < in.size(); ++i) out[i] = std::byte{tail_[static_cast<std::uint8_t>(in[i])]};
}

CodeTableKernel::Table code_table(DType input, DType output,
                                  const std::function<std::int64_t(std::int32_t)>& f) {
  CodeTableKernel::Table table{};
  const CodeRange in = code_range(input), out = code_range(output);
  for (std::int32_t q = in.lo; q <= in.hi; ++q) {
    const std::int64_t y = f(q);
    table[static_cast<std::uint8_t>(q)] = static_cast<std::uint8_t>(y < out.lo   ? out.lo
                                                                    : y > out.hi ? out.hi
                                                                                 : y);
  }
  return table;
}

CodeTableKernel::Table real_function_table(const Profile& profile, const TensorSpec& input,
                                           const TensorSpec& output, const std::function<double(double)>& f) {
  const std::int32_t zero = output.zero_point();
  return code_table(input.type, output.type, [&](std::int32_t q) -> std::int64_t {
    const float x = input.scale() * static_cast<float>(q - input.zero_point());
    switch (profile.table) {
      case TableMethod::kBinary32HalfAway: {
        const float y = static_cast<float>(f(static_cast<double>(x)));
        return zero + std::int64_t{round_real(static_cast<double>(y * (1.0F / output.scale())),
                                              Rounding::kHalfAwayFromZero)};
      }
      case TableMethod::kBinary32WithZero: {
        const float y = static_cast<float>(f(static_cast<double>(x)));
        return round_real(static_cast<double>(multiply_add(y, 1.0F / output.scale(), static_cast<float>(zero),
                                                           profile.fused_multiply_add)),
                          profile.real_rounding);
      }
      case TableMethod::kReal:
        break;
    }
    const double real = static_cast<double>(input.scale()) * (q - input.zero_point());
    return round_real(f(real) / static_cast<double>(output.scale()) + zero, Rounding::kHalfToEven);
  });
}

}  // namespace nputwin
