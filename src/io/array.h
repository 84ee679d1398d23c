#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "tensor/tensor.h"

namespace nputwin {

/// What an array's numbers are, by NumPy's letters.
struct NumberType {
  char kind = 'f';  ///< 'b' bool, 'i' integer, 'u' unsigned integer, 'f' real
  std::size_t bytes = 4;
  bool operator==(const NumberType&) const = default;
};
/// As NumPy calls it: float64, uint16, bool.
[[nodiscard]] std::string name(NumberType type);
[[nodiscard]] NumberType number_type(DType type);

/// An array as a file holds it, of types too that no tensor has: in C order, little-endian. A float16 array comes as
/// float32, which holds its numbers exactly.
struct Array {
  NumberType type;
  Shape shape;
  std::vector<std::byte> data;
  Bytes lent = {};  ///< in the place of `data`: somebody else's, who keeps them

  [[nodiscard]] Bytes bytes() const { return lent.data() == nullptr ? Bytes(data) : lent; }
};

/// A copy of numbers in memory: in C order, little-endian; binary16 as binary32.
[[nodiscard]] Array array_in_memory(NumberType type, Shape shape, Bytes values);
/// The numbers where they lie, as long as they are there; binary16 is copied.
[[nodiscard]] Array lent_array(NumberType type, Shape shape, Bytes values);

/// The tensor of an array whose numbers are of a tensor's type.
[[nodiscard]] Result<Tensor> to_tensor(Array array, const std::string& name);

/// Calls f with the numbers as a span of their C++ type; those of a bool array are uint8.
template <typename F>
auto with_numbers(const Array& array, F&& f) {
  const auto as = [&]<typename T>(T) {
    return f(std::span(reinterpret_cast<const T*>(array.bytes().data()), array.bytes().size() / sizeof(T)));
  };
  const auto [kind, bytes] = array.type;
  if (kind == 'f') return bytes == 8 ? as(double{}) : as(float{});
  if (kind == 'i') {
    if (bytes == 1) return as(std::int8_t{});
    if (bytes == 2) return as(std::int16_t{});
    return bytes == 4 ? as(std::int32_t{}) : as(std::int64_t{});
  }
  if (bytes == 1) return as(std::uint8_t{});
  if (bytes == 2) return as(std::uint16_t{});
  return bytes == 4 ? as(std::uint32_t{}) : as(std::uint64_t{});
}

}  // namespace nputwin
