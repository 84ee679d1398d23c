#include "io/array.h"

#include <cmath>
#include <cstring>

#include <algorithm>

namespace nputwin {
namespace {

/// binary16 as binary32, which holds it exactly.
std::vector<std::byte> widened(Bytes halves) {
  constexpr int kFractionBits = 10, kBias = 15, kSpecial = 31;
  std::vector<std::byte> wide(2 * halves.size());
  for (std::size_t i = 0; i < halves.size(); i += 2) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, &halves[i], sizeof bits);
    const int exponent = (bits >> kFractionBits) & kSpecial, fraction = bits & ((1 << kFractionBits) - 1);
    float value = 0;
    if (exponent == kSpecial) {
      value = fraction == 0 ? HUGE_VALF : NAN;
    } else {
      const int whole = exponent == 0 ? fraction : fraction + (1 << kFractionBits);
      value = std::ldexp(static_cast<float>(whole), std::max(exponent, 1) - kBias - kFractionBits);
    }
    if ((bits & 0x8000U) != 0) value = -value;
    std::memcpy(&wide[2 * i], &value, sizeof value);
  }
  return wide;
}

}  // namespace

std::string name(NumberType type) {
  if (type.kind == 'b') return "bool";
  const char* const word = type.kind == 'f' ? "float" : type.kind == 'u' ? "uint" : "int";
  return fmt::format("{}{}", word, 8 * type.bytes);
}

NumberType number_type(DType type) { return {info(type).npy[1], info(type).bytes}; }

Array array_in_memory(NumberType type, Shape shape, Bytes values) {
  if (type == NumberType{'f', 2}) return {{'f', 4}, std::move(shape), widened(values)};
  return {type, std::move(shape), {values.begin(), values.end()}};
}

Array lent_array(NumberType type, Shape shape, Bytes values) {
  if (type == NumberType{'f', 2}) return array_in_memory(type, std::move(shape), values);
  return {type, std::move(shape), {}, values};
}

Result<Tensor> to_tensor(Array array, const std::string& name) {
  const auto* found =
      std::ranges::find_if(kDTypes, [&](const DTypeInfo& d) { return number_type(d.type) == array.type; });
  if (found == std::end(kDTypes))
    return error("{}: holds {}, supported: float16/32, int8/16/32/64, uint8, bool", name, nputwin::name(array.type));
  return Tensor{{name, found->type, std::move(array.shape), {}}, std::move(array.data)};
}

}  // namespace nputwin
