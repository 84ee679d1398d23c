// Pictures: PNG, JPEG and BMP.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <optional>

#include "io/image.h"
#include "io/picture_file.h"
#include "sides/inputs/quantize.h"
#include "sides/inputs/source.h"

namespace nputwin::inputs {
namespace {

constexpr std::string_view kPhoto = "photo:";

bool takes_pictures(const TensorSpec& spec) {
  return spec.shape.size() == 4 && spec.shape[0] == 1 && (spec.shape[3] == 1 || spec.shape[3] == 3);
}

/// One channel takes green.
std::uint8_t pixel_byte(const Image& image, std::size_t i, int channels) {
  return image.pixels[channels == 1 ? 3 * i + 1 : i];
}

struct PictureOptions {
  Resize resize = Resize::kNearest;
  std::optional<float> mean, std;

  /// Whether the bytes become (byte - mean) / std.
  [[nodiscard]] bool normalises(const TensorSpec& spec) const { return spec.type == DType::kFloat32 || mean || std; }
  [[nodiscard]] float used_mean() const { return mean.value_or(127.5F); }
  [[nodiscard]] float used_std() const { return std.value_or(127.5F); }
};

std::string_view name_of(Resize method) {
  return std::ranges::find_if(kResizeNames, [&](const ResizeName& r) { return r.method == method; })->name;
}

Result<Resize> resize_option(const Given& given) {
  const std::string word = option(given, "resize", std::string(kResizeNames[0].name));
  const auto* found = std::ranges::find_if(kResizeNames, [&](const ResizeName& r) { return r.name == word; });
  if (found != std::end(kResizeNames)) return found->method;
  return error("no resize method is called '{}'; there are: nearest, pillow-bilinear, pillow-bicubic, label_image",
               word);
}

Result<std::optional<float>> number_option(const Given& given, std::string_view key) {
  if (std::ranges::none_of(given.options, [&](const std::string& text) { return key_of(text) == key; }))
    return std::nullopt;
  const std::string text = option(given, key, "");
  float value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return error("{}='{}' is not a number", key, text);
  return value;
}

Result<PictureOptions> picture_options(const Given& given) {
  PictureOptions options;
  NPUTWIN_ASSIGN_OR_RETURN(options.resize, resize_option(given));
  NPUTWIN_ASSIGN_OR_RETURN(options.mean, number_option(given, "mean"));
  NPUTWIN_ASSIGN_OR_RETURN(options.std, number_option(given, "std"));
  if (options.std == 0.0F) return error("std=0 divides by zero");
  return options;
}

/// "cat.bmp: 512x341 → 128x128 nearest, aspect ratio not kept"
std::string sizes_text(const std::string& path, const Image& image, const TensorSpec& spec, Resize method) {
  const int height = spec.shape[1], width = spec.shape[2];
  std::string text =
      fmt::format("{}: {}x{}", std::filesystem::path(path).filename().string(), image.width, image.height);
  if (image.height == height && image.width == width) {
    text += ", not resized";
  } else {
    text += fmt::format(" → {}x{} {}", width, height, name_of(method));
    if (std::int64_t{image.width} * height != std::int64_t{width} * image.height) text += ", aspect ratio not kept";
  }
  return text + (spec.shape[3] == 1 ? ", green only" : "");
}

/// "uint8 as is", "(byte - 127.5) / 127.5, quantized to int8 (scale 0.5, zero point 3)"
std::string values_text(const TensorSpec& spec, const PictureOptions& options) {
  if (!options.normalises(spec)) return spec.type == DType::kUInt8 ? "uint8 as is" : "int8 is byte - 128";
  const std::string formula = fmt::format("(byte - {}) / {}", options.used_mean(), options.used_std());
  if (spec.type == DType::kFloat32) return "float32 is " + formula;
  return fmt::format("{}, quantized to {} ({})", formula, name(spec.type), quantization_text(spec));
}

Result<Tensor> normalised(const TensorSpec& spec, const Image& fitted, const PictureOptions& options) {
  const bool real = spec.type == DType::kFloat32;
  if (!real && !spec.quantization.per_tensor())
    return error("input '{}' has no scale to quantize a normalised picture with", spec.name);
  Tensor tensor = blank(spec);
  for (std::size_t i = 0; i < static_cast<std::size_t>(spec.elements()); ++i) {
    const auto byte = static_cast<float>(pixel_byte(fitted, i, spec.shape[3]));
    const float v = (byte - options.used_mean()) / options.used_std();
    if (real) {
      std::memcpy(&tensor.data[i * sizeof v], &v, sizeof v);
    } else {
      const CodeRange range = code_range(spec.type);
      const std::int64_t code = unclamped_code(static_cast<double>(v / spec.scale()), spec.zero_point());
      tensor.data[i] = static_cast<std::byte>(std::clamp<std::int64_t>(code, range.lo, range.hi));
    }
  }
  return tensor;
}

Result<Tensor> picture(const TensorSpec& spec, const Image& image, const PictureOptions& options) {
  if (!takes_pictures(spec))
    return error("input '{}' has shape {}, expected [1,height,width,1 or 3] for a picture", spec.name,
                 to_string(spec.shape));
  if (spec.type != DType::kFloat32 && !is_8bit(spec.type))
    return error("input '{}' is {}, expected float32, int8 or uint8 for a picture", spec.name, name(spec.type));
  const Image fitted = resize(image, spec.shape[1], spec.shape[2], options.resize);
  if (options.normalises(spec)) return normalised(spec, fitted, options);
  return from_bytes(spec, [&](std::size_t i) { return pixel_byte(fitted, i, spec.shape[3]); });
}

Tensor photo(const TensorSpec& spec, const Image& image) {
  const Image fitted = resize(image, spec.shape[1], spec.shape[2], Resize::kNearest);
  return from_bytes(spec, [&](std::size_t i) { return pixel_byte(fitted, i, spec.shape[3]); });
}

/// What a photo gives the types that from_bytes knows.
std::string photo_text(const TensorSpec& spec) {
  if (spec.type == DType::kFloat32) return "float32 is (byte - 128) / 128";
  return is_8bit(spec.type) ? values_text(spec, {})
                            : fmt::format("{} has no such convention and is zero", name(spec.type));
}

}  // namespace

bool recognises_picture(const Given& given) {
  return given.bytes ? !picture_kind(given.bytes->bytes()).empty()
                     : given.is_file_of({".png", ".jpg", ".jpeg", ".bmp"});
}

Result<Source> open_picture(const Given& given, const Notes& notes) {
  NPUTWIN_ASSIGN_OR_RETURN(const PictureOptions options, picture_options(given));
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, given.read(kLargestPicture));
  NPUTWIN_ASSIGN_OR_RETURN(Image read, read_image(file->bytes(), given.path));
  return one_sample(given, false, [=, image = std::move(read)](const TensorSpec& spec) -> Result<Tensor> {
    NPUTWIN_ASSIGN_OR_RETURN(Tensor tensor, picture(spec, image, options));
    notes.say("picture", spec,
              fmt::format("{}, {}", sizes_text(given.path, image, spec, options.resize), values_text(spec, options)));
    return tensor;
  });
}

bool recognises_photo(const Given& given) { return given.text.starts_with(kPhoto); }

Result<Source> open_photo(const Given& given, const Notes& notes) {
  const std::string path = given.text.substr(kPhoto.size());
  const Given of_picture{path, path, {}, nullptr};
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, of_picture.read(kLargestPicture));
  NPUTWIN_ASSIGN_OR_RETURN(Image read, read_image(file->bytes(), path));
  return one_sample(given, true, [=, image = std::move(read)](const TensorSpec& spec) -> Result<Tensor> {
    if (!takes_pictures(spec)) {
      notes.say("picture", spec, fmt::format("input '{}' takes no picture and gets ramp", spec.name));
      return ramp(spec);
    }
    notes.say("picture", spec,
              fmt::format("{}, {}", sizes_text(path, image, spec, Resize::kNearest), photo_text(spec)));
    return photo(spec, image);
  });
}

}  // namespace nputwin::inputs
