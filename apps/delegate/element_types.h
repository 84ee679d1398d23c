#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "tensor/dtype.h"
#include "tflite_abi.h"

namespace nputwin::delegate {

/// A runtime's numbers of element types, and the file format's (TensorType).
inline constexpr auto kFileCodes = std::to_array<std::pair<abi::TfLiteType, int>>({
    {abi::kTfLiteFloat32, 0},   {abi::kTfLiteFloat16, 1},   {abi::kTfLiteInt32, 2},     {abi::kTfLiteUInt8, 3},
    {abi::kTfLiteInt64, 4},     {abi::kTfLiteString, 5},    {abi::kTfLiteBool, 6},      {abi::kTfLiteInt16, 7},
    {abi::kTfLiteComplex64, 8}, {abi::kTfLiteInt8, 9},      {abi::kTfLiteFloat64, 10},  {abi::kTfLiteComplex128, 11},
    {abi::kTfLiteUInt64, 12},   {abi::kTfLiteResource, 13}, {abi::kTfLiteVariant, 14},  {abi::kTfLiteUInt32, 15},
    {abi::kTfLiteUInt16, 16},   {abi::kTfLiteInt4, 17},     {abi::kTfLiteBFloat16, 18}, {abi::kTfLiteInt2, 19},
    {abi::kTfLiteUInt4, 20},
});

/// The file's number; -1 where there is none.
[[nodiscard]] constexpr int file_code(abi::TfLiteType type) {
  const auto* found = std::ranges::find(kFileCodes, type, &std::pair<abi::TfLiteType, int>::first);
  return found == kFileCodes.end() ? -1 : found->second;
}
[[nodiscard]] constexpr abi::TfLiteType type_of_file_code(int code) {
  const auto* found = std::ranges::find(kFileCodes, code, &std::pair<abi::TfLiteType, int>::second);
  return found == kFileCodes.end() ? abi::kTfLiteNoType : found->first;
}

/// The type that the twin computes with; nothing where it does not.
[[nodiscard]] constexpr std::optional<DType> element_type(abi::TfLiteType type) {
  const int code = file_code(type);
  for (const DTypeInfo& info : kDTypes) {
    if (info.tflite_code == code) return info.type;
  }
  return std::nullopt;
}

}  // namespace nputwin::delegate
