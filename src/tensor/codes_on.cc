#include "tensor/codes_on.h"

#include <algorithm>
#include <cmath>

#include "tensor/code_types.h"

namespace nputwin {

std::vector<std::byte> codes_on(const Quantization& quantization, const TensorView& codes) {
  const TensorSpec& spec = *codes.spec;
  const double ratio = double{spec.scale()} / double{quantization.scale[0]};
  const std::int32_t zero = spec.zero_point(), new_zero = quantization.zero_point[0];
  const CodeRange range = code_range(spec.type);
  std::vector<std::byte> bytes(codes.bytes.size());
  with_code_type(spec.type, [&](auto type) {
    using Code = decltype(type);
    const auto before = codes.as<Code>();
    auto* after = reinterpret_cast<Code*>(bytes.data());
    for (std::size_t i = 0; i < before.size(); ++i) {
      const double code = std::nearbyint((before[i] - zero) * ratio) + new_zero;
      after[i] = static_cast<Code>(std::clamp(code, static_cast<double>(range.lo), static_cast<double>(range.hi)));
    }
  });
  return bytes;
}

}  // namespace nputwin
