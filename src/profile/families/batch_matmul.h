#pragma once

#include "fixed/requantize.h"
#include "profile/families/family.h"

// BATCH_MATMUL.

namespace nputwin {

/// Runtimes hand the product to other kernels by how the second matrix lies in memory: by columns (adj_y) or by rows.
struct BatchMatmulRule {
  RequantizeRule rule;     ///< by columns
  RequantizeRule by_rows;  ///< by rows
  RequantizeRule one_row;  ///< by columns, a first matrix of one row and a second of 4 columns and 8 rows at least
  RequantizeRule one_row_by_rows;  ///< the same by rows
  bool operator==(const BatchMatmulRule&) const = default;

  static constexpr BatchMatmulRule same(RequantizeRule r) { return {r, r, r, r}; }
};

/// What counts of a second matrix's scales where it has one for each column.
enum class ColumnScales : std::uint8_t {
  kUnknown,  ///< the op is refused
  kZero,     ///< none: the tensor's one scale, which is 0 then, so that every output is its zero point (TFLite)
  kFirst,    ///< the first one, for all columns (TensorFlow Lite Micro)
};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<ColumnScales> = {"unknown", "zero", "first"};

template <>
struct FamilyTraits<Family::kBatchMatmul> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Batched matrix product";
  static constexpr Cause departure(const auto& profile) {
    return profile.batch_matmul_drops_zero ? Cause::kAccumulator : Cause::kSubstitution;
  }
};

}  // namespace nputwin
