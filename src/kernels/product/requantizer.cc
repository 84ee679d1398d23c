#include "kernels/product/requantizer.h"

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

void Requantizer::run(const std::int32_t* sums, std::ptrdiff_t sums_stride, int rows, int begin, int count, void* out,
                      std::ptrdiff_t out_stride) const {
  with_code_type(output_, [&](auto code_type) {
    using T = decltype(code_type);
    for (int r = 0; r < rows; ++r) {
      for (int c = 0; c < count; ++c)
        static_cast<T*>(out)[r * out_stride + c] = static_cast<T>(code(sums[r * sums_stride + c], begin + c));
    }
  });
}

}  // namespace nputwin
