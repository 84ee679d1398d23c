#include "io/input_source.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>

#include "base/file.h"
#include "fixed/rounding.h"
#include "io/image.h"
#include "io/npy.h"
#include "io/npz.h"

namespace nputwin {

const char* const kInputSourceHelp =
    "[NAME=]SOURCE; SOURCE: noise:SEED, ramp, zeros, photo:FILE, FILE.npy, FILE.npz, FILE.bin, or a picture "
    "FILE.png|jpg|bmp[,resize=nearest|pillow-bilinear|pillow-bicubic|label_image][,mean=M][,std=S]";

namespace {

template <typename T>
void put(Tensor& tensor, std::size_t i, T value) {
  std::copy_n(reinterpret_cast<const std::byte*>(&value), sizeof value,
              tensor.data.begin() + static_cast<std::ptrdiff_t>(i * sizeof value));
}

Tensor blank(const TensorSpec& spec) { return {spec, std::vector<std::byte>(spec.bytes())}; }

/// Element i from byte b, by the conventions of noise, ramp and photo. Types without one stay zero.
void put_byte(Tensor& tensor, std::size_t i, std::uint8_t b) {
  switch (tensor.spec.type) {
    case DType::kUInt8:
      return put(tensor, i, b);
    case DType::kInt8:
      return put(tensor, i, static_cast<std::int8_t>(b - 128));
    case DType::kFloat32:
      return put(tensor, i, (static_cast<float>(b) - 128.0F) / 128.0F);
    default:
      return;
  }
}

Tensor from_bytes(const TensorSpec& spec, const std::function<std::uint8_t(std::size_t)>& byte) {
  Tensor tensor = blank(spec);
  for (std::size_t i = 0; i < static_cast<std::size_t>(spec.elements()); ++i) put_byte(tensor, i, byte(i));
  return tensor;
}

Tensor noise(const TensorSpec& spec, std::uint64_t seed) {
  if (spec.type != DType::kInt16) {
    return from_bytes(spec,
                      [&](std::size_t i) { return static_cast<std::uint8_t>(splitmix64(seed, i) >> 56); });
  }
  Tensor tensor = blank(spec);
  for (std::size_t i = 0; i < static_cast<std::size_t>(spec.elements()); ++i)
    put(tensor, i, static_cast<std::uint16_t>(splitmix64(seed, i) >> 48));
  return tensor;
}

Tensor ramp(const TensorSpec& spec) {
  return from_bytes(spec, [](std::size_t i) { return static_cast<std::uint8_t>(i % 256); });
}

bool takes_pictures(const TensorSpec& spec) {
  return spec.shape.size() == 4 && spec.shape[0] == 1 && (spec.shape[3] == 1 || spec.shape[3] == 3);
}

std::uint8_t pixel_byte(const Image& image, std::size_t i, int channels) {
  return image.pixels[channels == 1 ? 3 * i + 1 : i];
}

Tensor photo(const TensorSpec& spec, const Image& image) {
  if (!takes_pictures(spec)) return ramp(spec);
  const Image fitted = resize(image, spec.shape[1], spec.shape[2], Resize::kNearest);
  return from_bytes(spec, [&](std::size_t i) { return pixel_byte(fitted, i, spec.shape[3]); });
}

struct PictureOptions {
  Resize resize = Resize::kNearest;
  std::optional<float> mean, std;
};

Result<float> number(std::string_view text, std::string_view option) {
  float value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return error("{}='{}' is not a number", option, text);
  return value;
}

Result<PictureOptions> picture_options(std::string_view text) {
  PictureOptions options;
  while (!text.empty()) {
    const std::string_view option = text.substr(0, text.find(','));
    text.remove_prefix(std::min(option.size() + 1, text.size()));
    const std::size_t equals = option.find('=');
    const std::string_view key = option.substr(0, equals),
                           value = equals == std::string_view::npos ? "" : option.substr(equals + 1);
    if (key == "resize") {
      const auto* found = std::find_if(std::begin(kResizeNames), std::end(kResizeNames),
                                       [&](const ResizeName& r) { return r.name == value; });
      if (found == std::end(kResizeNames))
        return error(
            "no resize method is called '{}'; there are: nearest, pillow-bilinear, pillow-bicubic, "
            "label_image",
            value);
      options.resize = found->method;
    } else if (key == "mean") {
      NPUTWIN_ASSIGN_OR_RETURN(options.mean, number(value, key));
    } else if (key == "std") {
      NPUTWIN_ASSIGN_OR_RETURN(options.std, number(value, key));
      if (*options.std == 0) return error("std=0 divides by zero");
    } else {
      return error("no picture option is called '{}'; there are: resize, mean, std", key);
    }
  }
  return options;
}

Result<Tensor> picture(const TensorSpec& spec, const Image& image, const PictureOptions& options) {
  if (!takes_pictures(spec))
    return error("input '{}' has shape {}, expected [1,height,width,1 or 3] for a picture", spec.name,
                 to_string(spec.shape));
  const Image fitted = resize(image, spec.shape[1], spec.shape[2], options.resize);
  const auto byte = [&](std::size_t i) { return pixel_byte(fitted, i, spec.shape[3]); };
  const bool real = spec.type == DType::kFloat32;
  if (!real && !is_8bit(spec.type))
    return error("input '{}' is {}, expected float32, int8 or uint8 for a picture", spec.name,
                 name(spec.type));
  if (!real && !options.mean && !options.std) return from_bytes(spec, byte);
  if (!real && !spec.quantization.per_tensor())
    return error("input '{}' has no scale to quantize a normalised picture with", spec.name);
  Tensor tensor = blank(spec);
  for (std::size_t i = 0; i < static_cast<std::size_t>(spec.elements()); ++i) {
    const float v =
        (static_cast<float>(byte(i)) - options.mean.value_or(127.5F)) / options.std.value_or(127.5F);
    if (real) {
      put(tensor, i, v);
    } else {
      const CodeRange range = code_range(spec.type);
      const std::int64_t q =
          std::int64_t{round_real(static_cast<double>(v / spec.scale()), Rounding::kHalfToEven)} +
          spec.zero_point();
      tensor.data[i] = static_cast<std::byte>(std::clamp<std::int64_t>(q, range.lo, range.hi));
    }
  }
  return tensor;
}

/// The samples of one input.
using Samples = std::vector<Tensor>;

Result<Samples> one(Result<Tensor> tensor) {
  if (!tensor) return tl::unexpected<Error>(tensor.error());
  return Samples{std::move(*tensor)};
}

Result<Samples> fitting(const TensorSpec& spec, const Tensor& tensor, const std::string& source) {
  if (tensor.spec.type != spec.type)
    return error("{}: is {}, but input '{}' takes {}", source, name(tensor.spec.type), spec.name,
                 name(spec.type));
  Shape whole = spec.shape;
  if (tensor.spec.elements() != spec.elements() && !whole.empty() && whole[0] == 1 &&
      !tensor.spec.shape.empty())
    whole[0] = tensor.spec.shape[0];
  const std::int64_t elements = element_count(whole).value_or(-1);
  if (tensor.spec.elements() != elements || elements % std::max<std::int64_t>(spec.elements(), 1) != 0 ||
      elements == 0) {
    return error("{}: has shape {}, but input '{}' takes {}", source, to_string(tensor.spec.shape), spec.name,
                 to_string(spec.shape));
  }
  Samples samples;
  for (std::size_t at = 0; at < tensor.data.size(); at += spec.bytes()) {
    const auto first = tensor.data.begin() + static_cast<std::ptrdiff_t>(at);
    samples.push_back({spec, {first, first + static_cast<std::ptrdiff_t>(spec.bytes())}});
  }
  return samples;
}

/// A source after parsing: makes the samples of input k.
struct Source {
  std::string text;
  bool serves_all = false;
  std::function<Result<Samples>(const TensorSpec&, std::size_t k)> make;
};

bool ends_with_any(std::string text, std::initializer_list<std::string_view> endings) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view e) { return text.ends_with(e); });
}

Result<Source> parse_npz(const std::string& text) {
  NPUTWIN_ASSIGN_OR_RETURN(TensorSet set, read_npz(text));
  return Source{text, true,
                [text, set = std::move(set)](const TensorSpec& spec, std::size_t k) -> Result<Samples> {
                  auto found = set.find(spec.name);
                  if (found == set.end()) found = set.find(fmt::format("in{}", k));
                  if (found == set.end())
                    return error("{}: has no array '{}' (nor 'in{}')", text, spec.name, k);
                  return fitting(spec, found->second, fmt::format("{}[{}]", text, found->first));
                }};
}

Result<Source> parse_source(const std::string& text) {
  if (text.starts_with("noise:")) {
    std::uint64_t seed = 0;
    const auto [end, failed] = std::from_chars(text.data() + 6, text.data() + text.size(), seed);
    if (failed != std::errc() || end != text.data() + text.size())
      return error("'{}': expected noise: and a number", text);
    return Source{text, true,
                  [seed](const TensorSpec& spec, std::size_t k) { return one(noise(spec, seed + k)); }};
  }
  if (text == "ramp")
    return Source{text, true, [](const TensorSpec& spec, std::size_t) { return one(ramp(spec)); }};
  if (text == "zeros")
    return Source{text, true, [](const TensorSpec& spec, std::size_t) { return one(blank(spec)); }};
  if (text.starts_with("photo:")) {
    NPUTWIN_ASSIGN_OR_RETURN(const Image image, read_image(text.substr(6)));
    return Source{text, true,
                  [image](const TensorSpec& spec, std::size_t) { return one(photo(spec, image)); }};
  }
  if (ends_with_any(text, {".npz"})) return parse_npz(text);
  if (ends_with_any(text, {".npy"})) {
    NPUTWIN_ASSIGN_OR_RETURN(const auto blob, read_file(text));
    NPUTWIN_ASSIGN_OR_RETURN(const Tensor tensor, parse_npy(blob->bytes(), text));
    return Source{text, false,
                  [=](const TensorSpec& spec, std::size_t) { return fitting(spec, tensor, text); }};
  }
  if (ends_with_any(text, {".bin", ".raw"})) {
    NPUTWIN_ASSIGN_OR_RETURN(const auto blob, read_file(text));
    return Source{text, false, [=](const TensorSpec& spec, std::size_t) -> Result<Samples> {
                    const Bytes bytes = blob->bytes();
                    if (bytes.size() != spec.bytes())
                      return error("{}: has {} bytes, but input '{}' takes {}", text, bytes.size(), spec.name,
                                   spec.bytes());
                    return one(Tensor{spec, {bytes.begin(), bytes.end()}});
                  }};
  }
  const std::string file = text.substr(0, text.find(','));
  if (ends_with_any(file, {".png", ".jpg", ".jpeg", ".bmp"})) {
    NPUTWIN_ASSIGN_OR_RETURN(
        const PictureOptions options,
        picture_options(text.size() > file.size() ? std::string_view(text).substr(file.size() + 1) : ""));
    NPUTWIN_ASSIGN_OR_RETURN(const Image image, read_image(file));
    return Source{text, false,
                  [=](const TensorSpec& spec, std::size_t) { return one(picture(spec, image, options)); }};
  }
  return error("'{}' is no input source; expected {}", text, kInputSourceHelp);
}

/// The input that the text before '=' names, where it names one.
std::optional<std::size_t> named_input(std::span<const TensorSpec> inputs, std::string_view argument) {
  // Names may hold '=' and ':', so the longest input name that fits wins.
  std::optional<std::size_t> best;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const std::string& n = inputs[k].name;
    if (argument.size() > n.size() && argument.starts_with(n) && argument[n.size()] == '=' &&
        (!best || n.size() > inputs[*best].name.size()))
      best = k;
  }
  return best;
}

}  // namespace

Result<std::vector<Sample>> make_inputs(std::span<const TensorSpec> inputs,
                                        std::span<const std::string> arguments) {
  std::vector<std::optional<Source>> chosen(inputs.size());
  std::optional<Source> rest;
  std::vector<Source> in_order;
  for (const std::string& argument : arguments) {
    const auto k = named_input(inputs, argument);
    NPUTWIN_ASSIGN_OR_RETURN(Source source,
                             parse_source(k ? argument.substr(inputs[*k].name.size() + 1) : argument));
    if (k && chosen[*k]) return error("input '{}' is given twice", inputs[*k].name);
    if (k) {
      chosen[*k] = std::move(source);
    } else if (!source.serves_all) {
      in_order.push_back(std::move(source));
    } else if (rest) {
      return error("'{}' and '{}' both want to serve all inputs; name one as NAME=SOURCE", rest->text,
                   source.text);
    } else {
      rest = std::move(source);
    }
  }
  std::size_t next = 0;
  std::vector<Samples> by_input;
  std::size_t count = 1;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (!chosen[k] && next < in_order.size()) chosen[k] = std::move(in_order[next++]);
    if (!chosen[k] && rest) chosen[k] = rest;
    if (!chosen[k])
      return error("nothing is given for input '{}' ({} {}); add --input {}", inputs[k].name,
                   name(inputs[k].type), to_string(inputs[k].shape), kInputSourceHelp);
    NPUTWIN_ASSIGN_OR_RETURN(Samples samples, chosen[k]->make(inputs[k], k));
    if (samples.size() > 1 && count > 1 && samples.size() != count) {
      return error("'{}' holds {} samples, another input {}", chosen[k]->text, samples.size(), count);
    }
    count = std::max(count, samples.size());
    by_input.push_back(std::move(samples));
  }
  if (next < in_order.size())
    return error("'{}' is one input too many: the model has {}", in_order[next].text, inputs.size());
  std::vector<Sample> samples(count);
  for (std::size_t n = 0; n < count; ++n) {
    for (const Samples& input : by_input) samples[n].push_back(input[input.size() == 1 ? 0 : n]);
  }
  return samples;
}

}  // namespace nputwin
