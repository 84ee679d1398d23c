#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace nputwin {

/// 8-bit RGB, rows from the top, [height][width][3].
struct Image {
  int height = 0, width = 0;
  std::vector<std::uint8_t> pixels;
};

/// The most bytes that a picture's file may have.
inline constexpr std::size_t kLargestPicture = std::size_t{1} << 28;

/// A PNG, JPEG or BMP file's picture. Grey ones become RGB, transparency is dropped. `name` is the file's.
[[nodiscard]] Result<Image> read_image(Bytes bytes, const std::string& name);

/// How a picture is brought to a model's size. Publishers' choices move pixels by several levels, so they
/// have names.
enum class Resize : std::uint8_t {
  kNearest,         ///< source row y*H/h, column x*W/w (integer division)
  kPillowBilinear,  ///< Pillow's BILINEAR: triangle filter, widened when shrinking, 22-bit weights, two
                    ///< passes
  kPillowBicubic,   ///< Pillow's BICUBIC (its default): a = -1/2
  /// TFLite's label_image: RESIZE_BILINEAR in binary32, cut to integers, as the reference kernel does it. The optimised
  /// kernel adds in another order: on a 512x600 photo, 58 of 150,528 values differ by one.
  kLabelImage,
};

inline constexpr struct ResizeName {
  Resize method;
  std::string_view name;
} kResizeNames[] = {{Resize::kNearest, "nearest"},
                    {Resize::kPillowBilinear, "pillow-bilinear"},
                    {Resize::kPillowBicubic, "pillow-bicubic"},
                    {Resize::kLabelImage, "label_image"}};

[[nodiscard]] Image resize(const Image& image, int height, int width, Resize method);

}  // namespace nputwin
