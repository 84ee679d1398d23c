#pragma once

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "kernels/kernel.h"
#include "kernels/product/product.h"
#include "mac/layer.h"

namespace nputwin {

/// Rows of an image as tiles read them: values in the form of the kernels, with padding to the left and right of each
/// row and rows of padding above and below the image.
class InputRows {
 public:
  /// `before` and `after`: pixels of padding. `zero`: the input's zero point.
  InputRows(const ProductKernels& kernels, DType type, std::int32_t zero, int channels, int before, int pixels,
            int after)
      : kernels_(kernels),
        type_(type),
        zero_(zero),
        channels_(channels),
        before_(before),
        pixels_(pixels),
        after_(after),
        // A group of values is read past a row's end. Vectors are written past it: rows are filled in their order.
        row_bytes_(align_up(static_cast<std::size_t>((before + pixels + after) * pixel_bytes() + 8))) {}

  [[nodiscard]] std::ptrdiff_t pixel_bytes() const { return std::ptrdiff_t{channels_} * kernels_.value_bytes(); }
  [[nodiscard]] std::size_t row_bytes() const { return row_bytes_; }
  /// Room for that many rows.
  [[nodiscard]] std::size_t bytes(std::int64_t rows) const {
    return align_up(static_cast<std::size_t>(rows) * row_bytes_ + static_cast<std::size_t>(kVectorSlack));
  }
  /// Pixels of a row with its padding.
  [[nodiscard]] int width() const { return before_ + pixels_ + after_; }
  /// What the input's zero point is as a value.
  [[nodiscard]] static std::int32_t zero_value(const ProductKernels& kernels, DType type, std::int32_t zero) {
    if (!kernels.bytes()) return 0;
    return type == DType::kInt8 ? zero + 128 : zero;
  }

  /// Rows [first, first + count) of the image at `image`, of `height` rows, which may lie outside of it.
  void fill(const std::byte* image, int height, int first, int count, std::byte* out) const {
    const std::size_t in_row = static_cast<std::size_t>(pixels_) * static_cast<std::size_t>(channels_) * size_of(type_);
    for (int i = 0; i < count; ++i, out += row_bytes_) {
      const int y = first + i;
      if (y < 0 || y >= height) {
        pad(out, width());
        continue;
      }
      pad(out, before_);
      fill_values(image + static_cast<std::size_t>(y) * in_row, std::int64_t{pixels_} * channels_,
                  out + before_ * pixel_bytes());
      pad(out + (before_ + pixels_) * pixel_bytes(), after_);
    }
  }
  /// `count` codes as values. A vector may be written past them.
  void fill_values(const std::byte* codes, std::int64_t count, std::byte* out) const {
    if (type_ == DType::kInt8) {
      kernels_.fill_i8(reinterpret_cast<const std::int8_t*>(codes), count, zero_, out);
    } else if (type_ == DType::kUInt8) {
      kernels_.fill_u8(reinterpret_cast<const std::uint8_t*>(codes), count, zero_, out);
    } else {
      std::memcpy(out, codes, static_cast<std::size_t>(count) * sizeof(std::int16_t));  // int16 has no zero point
    }
  }
  /// Codes are values as they are.
  [[nodiscard]] bool values_are_codes() const {
    return type_ == DType::kInt16 || (kernels_.bytes() && type_ == DType::kUInt8);
  }

 private:
  void pad(std::byte* out, int pixels) const {
    std::memset(out, zero_value(kernels_, type_, zero_), static_cast<std::size_t>(pixels * pixel_bytes()));
  }

  ProductKernels kernels_;
  DType type_;
  std::int32_t zero_;
  int channels_, before_, pixels_, after_;
  std::size_t row_bytes_;
};

}  // namespace nputwin
