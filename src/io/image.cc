#include "io/image.h"

#include <stb/stb_image.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "io/picture_file.h"

namespace nputwin {
namespace {

constexpr int kLargestSide = 1 << 15;

std::size_t at(const Image& image, int y, int x, int c) {
  return static_cast<std::size_t>((std::int64_t{y} * image.width + x) * 3 + c);
}

Image nearest(const Image& in, int height, int width) {
  Image out{height, width, {}};
  for (int y = 0; y < height; ++y) {
    const auto sy = static_cast<int>(std::int64_t{y} * in.height / height);
    for (int x = 0; x < width; ++x) {
      const auto sx = static_cast<int>(std::int64_t{x} * in.width / width);
      for (int c = 0; c < 3; ++c) out.pixels.push_back(in.pixels[at(in, sy, sx, c)]);
    }
  }
  return out;
}

Image label_image(const Image& in, int height, int width) {
  Image out{height, width, {}};
  const float scale_y = static_cast<float>(in.height) / static_cast<float>(height);
  const float scale_x = static_cast<float>(in.width) / static_cast<float>(width);
  for (int y = 0; y < height; ++y) {
    const float fy = static_cast<float>(y) * scale_y;
    const int y0 = static_cast<int>(std::floor(fy)), y1 = std::min(y0 + 1, in.height - 1);
    for (int x = 0; x < width; ++x) {
      const float fx = static_cast<float>(x) * scale_x;
      const int x0 = static_cast<int>(std::floor(fx)), x1 = std::min(x0 + 1, in.width - 1);
      const float dy = fy - static_cast<float>(y0), dx = fx - static_cast<float>(x0);
      for (int c = 0; c < 3; ++c) {
        const auto code = [&](int row, int column) { return static_cast<float>(in.pixels[at(in, row, column, c)]); };
        const float value = code(y0, x0) * (1 - dy) * (1 - dx) + code(y1, x0) * dy * (1 - dx) +
                            code(y0, x1) * (1 - dy) * dx + code(y1, x1) * dy * dx;
        out.pixels.push_back(static_cast<std::uint8_t>(value));
      }
    }
  }
  return out;
}

double triangle(double x) { return std::max(0.0, 1.0 - std::abs(x)); }

double cubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/// One output position's window over the input: the first sample and fixed-point weights.
struct Kernel1D {
  int first = 0;
  std::vector<std::int32_t> weights;
};

// Pillow, src/libImaging/Resample.c: weights normalised in binary64, then 22 fraction bits, half away from
// zero.
constexpr int kWeightBits = 22;

std::vector<Kernel1D> pillow_weights(int in, int out, double support, double (*filter)(double)) {
  const double scale = static_cast<double>(in) / out, widen = std::max(scale, 1.0);
  support *= widen;
  std::vector<Kernel1D> result;
  for (int i = 0; i < out; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(static_cast<int>(centre - support + 0.5), 0);
    const int last = std::min(static_cast<int>(centre + support + 0.5), in);
    std::vector<double> weights;
    double sum = 0;
    for (int k = first; k < last; ++k) {
      weights.push_back(filter((k - centre + 0.5) * (1.0 / widen)));
      sum += weights.back();
    }
    Kernel1D kernel{first, {}};
    for (double w : weights) {
      if (sum != 0) w /= sum;
      kernel.weights.push_back(static_cast<std::int32_t>((w < 0 ? -0.5 : 0.5) + w * (1 << kWeightBits)));
    }
    result.push_back(std::move(kernel));
  }
  return result;
}

/// One pass, along x or along y.
Image pillow_pass(const Image& in, int size, bool horizontal, double support, double (*filter)(double)) {
  if ((horizontal ? in.width : in.height) == size) return in;
  const auto kernels = pillow_weights(horizontal ? in.width : in.height, size, support, filter);
  Image out{horizontal ? in.height : size, horizontal ? size : in.width, {}};
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      const Kernel1D& kernel = kernels[static_cast<std::size_t>(horizontal ? x : y)];
      for (int c = 0; c < 3; ++c) {
        std::int32_t sum = 1 << (kWeightBits - 1);
        for (std::size_t k = 0; k < kernel.weights.size(); ++k) {
          const int source = kernel.first + static_cast<int>(k);
          sum += in.pixels[horizontal ? at(in, y, source, c) : at(in, source, x, c)] * kernel.weights[k];
        }
        out.pixels.push_back(static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255)));
      }
    }
  }
  return out;
}

Image pillow(const Image& in, int height, int width, double support, double (*filter)(double)) {
  return pillow_pass(pillow_pass(in, width, true, support, filter), height, false, support, filter);
}

}  // namespace

Result<Image> read_image(Bytes bytes, const std::string& name) {
  if (bytes.size() > kLargestPicture)
    return error("{}: has {} bytes, expected at most {} of a picture", name, bytes.size(), kLargestPicture);
  NPUTWIN_RETURN_IF_ERROR(check_complete(bytes, name));
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto size = static_cast<int>(bytes.size());
  int width = 0, height = 0, channels = 0;
  if (stbi_info_from_memory(data, size, &width, &height, &channels) == 0)
    return error("{}: cannot be decoded: {}", name, stbi_failure_reason());
  if (width < 1 || height < 1 || width > kLargestSide || height > kLargestSide) {
    return error("{}: is {}x{} pixels, expected sides of 1 to {}", name, width, height, kLargestSide);
  }
  const std::unique_ptr<unsigned char, void (*)(void*)> pixels(
      stbi_load_from_memory(data, size, &width, &height, &channels, 3), stbi_image_free);
  if (!pixels) return error("{}: cannot be decoded: {}", name, stbi_failure_reason());
  return Image{height,
               width,
               {pixels.get(),
                pixels.get() + std::size_t{3} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height)}};
}

Image resize(const Image& image, int height, int width, Resize method) {
  switch (method) {
    case Resize::kNearest:
      return nearest(image, height, width);
    case Resize::kPillowBilinear:
      return pillow(image, height, width, 1.0, triangle);
    case Resize::kPillowBicubic:
      return pillow(image, height, width, 2.0, cubic);
    case Resize::kLabelImage:
      break;
  }
  return label_image(image, height, width);
}

}  // namespace nputwin
