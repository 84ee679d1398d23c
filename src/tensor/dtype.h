#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nputwin {

/// Element types that the twin computes with. Codes of other TFLite types are refused by the reader with
/// their name.
enum class DType : std::uint8_t { kFloat32, kInt32, kUInt8, kInt64, kBool, kInt16, kInt8 };

struct DTypeInfo {
  DType type;
  std::string_view name;
  std::size_t bytes;
  int tflite_code;       // TensorType in the .tflite schema
  std::string_view npy;  // NumPy's type string, little-endian
};

inline constexpr DTypeInfo kDTypes[] = {
    {DType::kFloat32, "float32", 4, 0, "<f4"}, {DType::kInt32, "int32", 4, 2, "<i4"},
    {DType::kUInt8, "uint8", 1, 3, "|u1"},     {DType::kInt64, "int64", 8, 4, "<i8"},
    {DType::kBool, "bool", 1, 6, "|b1"},       {DType::kInt16, "int16", 2, 7, "<i2"},
    {DType::kInt8, "int8", 1, 9, "|i1"},
};

[[nodiscard]] constexpr const DTypeInfo& info(DType type) { return kDTypes[static_cast<std::size_t>(type)]; }
[[nodiscard]] constexpr std::string_view name(DType type) { return info(type).name; }
[[nodiscard]] constexpr std::size_t size_of(DType type) { return info(type).bytes; }
[[nodiscard]] constexpr bool is_8bit(DType type) { return type == DType::kInt8 || type == DType::kUInt8; }

template <typename T>
inline constexpr std::optional<DType> kDTypeOf = std::nullopt;
template <>
inline constexpr std::optional<DType> kDTypeOf<float> = DType::kFloat32;
template <>
inline constexpr std::optional<DType> kDTypeOf<std::int32_t> = DType::kInt32;
template <>
inline constexpr std::optional<DType> kDTypeOf<std::uint8_t> = DType::kUInt8;
template <>
inline constexpr std::optional<DType> kDTypeOf<std::int64_t> = DType::kInt64;
template <>
inline constexpr std::optional<DType> kDTypeOf<bool> = DType::kBool;
template <>
inline constexpr std::optional<DType> kDTypeOf<std::int16_t> = DType::kInt16;
template <>
inline constexpr std::optional<DType> kDTypeOf<std::int8_t> = DType::kInt8;

/// The codes that `type` can hold; only for integer types of at most 32 bits.
struct CodeRange {
  std::int32_t lo, hi;
  bool operator==(const CodeRange&) const = default;
};
[[nodiscard]] constexpr CodeRange code_range(DType type) {
  switch (type) {
    case DType::kUInt8:
      return {0, 255};
    case DType::kInt8:
      return {-128, 127};
    case DType::kInt16:
      return {-32768, 32767};
    default:
      return {INT32_MIN, INT32_MAX};
  }
}

}  // namespace nputwin
