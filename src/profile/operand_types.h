#pragma once

#include <cstddef>
#include <string>

#include "tensor/dtype.h"

namespace nputwin::operands {

// The words of the tables of what kernels take (*_operands.inc): element types as a set of bits, a node's tensors by
// their places.

using Types = unsigned;
constexpr Types bit_of(DType type) { return 1U << static_cast<unsigned>(type); }
constexpr Types f32 = bit_of(DType::kFloat32), i32 = bit_of(DType::kInt32), i64 = bit_of(DType::kInt64),
                i16 = bit_of(DType::kInt16), i8 = bit_of(DType::kInt8), u8 = bit_of(DType::kUInt8),
                boolean = bit_of(DType::kBool), kAny = ~0U;

/// A node's input or output by its place.
struct Operand {
  bool output = false;
  std::size_t place = 0;
};
constexpr Operand in(std::size_t place) { return {false, place}; }
constexpr Operand out(std::size_t place) { return {true, place}; }

/// The types' names with commas between them.
inline std::string words(Types types) {
  std::string list;
  for (const DTypeInfo& type : kDTypes) {
    if ((types & bit_of(type.type)) != 0) list += (list.empty() ? "" : ", ") + std::string(type.name);
  }
  return list;
}

}  // namespace nputwin::operands
