#include "io/array.h"

#include <algorithm>

namespace nputwin {

std::string name(NumberType type) {
  if (type.kind == 'b') return "bool";
  const char* const word = type.kind == 'f' ? "float" : type.kind == 'u' ? "uint" : "int";
  return fmt::format("{}{}", word, 8 * type.bytes);
}

NumberType number_type(DType type) { return {info(type).npy[1], info(type).bytes}; }

Result<Tensor> to_tensor(Array array, const std::string& name) {
  const auto* found =
      std::ranges::find_if(kDTypes, [&](const DTypeInfo& d) { return number_type(d.type) == array.type; });
  if (found == std::end(kDTypes))
    return error("{}: holds {}, supported: float16/32, int8/16/32/64, uint8, bool", name, nputwin::name(array.type));
  return Tensor{{name, found->type, std::move(array.shape), {}}, std::move(array.data)};
}

}  // namespace nputwin
