#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/copy/transpose.h"
#include "tensor/shape.h"

namespace nputwin {

/// Copies a box of elements between two strided layouts: what reshaping, slicing, padding, concatenating and
/// transposing amount to. Strides and offsets are in elements and may be negative.
class NdCopy {
 public:
  NdCopy() = default;
  NdCopy(const Shape& extents, std::vector<std::int64_t> from_strides, std::vector<std::int64_t> to_strides,
         std::int64_t from_offset, std::int64_t to_offset, std::size_t element_bytes);

  /// Has transposed matrices of bytes copied in blocks. False: there is none that is large enough.
  bool use(TransposeBytes transpose);

  void run(const std::byte* from, std::byte* to) const;

  /// Equal copies, however they are made.
  bool operator==(const NdCopy& other) const {
    return dimensions_ == other.dimensions_ && run_bytes_ == other.run_bytes_ && from_offset_ == other.from_offset_ &&
           to_offset_ == other.to_offset_ && empty_ == other.empty_;
  }

 private:
  void run(std::size_t dimension, const std::byte* from, std::byte* to) const;

  struct Dimension {
    std::int64_t extent, from, to;  // strides in bytes
    bool operator==(const Dimension&) const = default;
  };
  std::vector<Dimension> dimensions_;  // outermost first; neighbours that form one run are merged
  std::size_t run_bytes_ = 0;          // contiguous bytes at the innermost level
  std::int64_t from_offset_ = 0, to_offset_ = 0;
  bool empty_ = true;
  TransposeBytes transpose_ = nullptr;  // of the last two dimensions
};

/// Strides of a dense row-major tensor, in elements.
[[nodiscard]] std::vector<std::int64_t> dense_strides(const Shape& shape);

}  // namespace nputwin
