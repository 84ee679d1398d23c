#include "sides/input_source.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>

#include "base/file.h"
#include "fixed/rounding.h"
#include "io/image.h"
#include "io/npy.h"
#include "io/npz.h"

namespace nputwin {

const char* const kInputSourceHelp =
    "SOURCE is the values of one input, or of all inputs that no NAME= names:\n"
    "  noise:SEED, noise:FIRST..LAST  pseudo-random bytes; one sample for each seed\n"
    "  ramp, zeros                    0, 1, 2, … 255, 0, …; zeros\n"
    "  FILE.npy, FILE.npz             an array; an array for each input, by name or as in0, in1, …\n"
    "  FILE.bin                       the tensor's bytes\n"
    "  FILE.png|jpg|bmp               a picture; add ,mean=M ,std=S or\n"
    "                                 ,resize=nearest|pillow-bilinear|pillow-bicubic|label_image\n"
    "  photo:FILE                     a picture, resized to the nearest pixel\n"
    "  FOLDER                         such files, one sample each, in the order of their names\n";

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
    return from_bytes(spec, [&](std::size_t i) { return static_cast<std::uint8_t>(splitmix64(seed, i) >> 56); });
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
    return error("input '{}' is {}, expected float32, int8 or uint8 for a picture", spec.name, name(spec.type));
  if (!real && !options.mean && !options.std) return from_bytes(spec, byte);
  if (!real && !spec.quantization.per_tensor())
    return error("input '{}' has no scale to quantize a normalised picture with", spec.name);
  Tensor tensor = blank(spec);
  for (std::size_t i = 0; i < static_cast<std::size_t>(spec.elements()); ++i) {
    const float v = (static_cast<float>(byte(i)) - options.mean.value_or(127.5F)) / options.std.value_or(127.5F);
    if (real) {
      put(tensor, i, v);
    } else {
      const CodeRange range = code_range(spec.type);
      const std::int64_t q =
          std::int64_t{round_real(static_cast<double>(v / spec.scale()), Rounding::kHalfToEven)} + spec.zero_point();
      tensor.data[i] = static_cast<std::byte>(std::clamp<std::int64_t>(q, range.lo, range.hi));
    }
  }
  return tensor;
}

/// The one sample that f makes.
InputSamples one(std::function<Result<Tensor>()> f) {
  return {1, [f = std::move(f)](std::size_t) { return f(); }};
}

/// The samples that an array holds for an input. `tensor` outlives them.
Result<InputSamples> fitting(const TensorSpec& spec, const std::shared_ptr<const Tensor>& tensor,
                             const std::string& source) {
  const TensorSpec& got = tensor->spec;
  if (got.type != spec.type)
    return error("{}: is {}, but input '{}' takes {}", source, name(got.type), spec.name, name(spec.type));
  Shape whole = spec.shape;
  if (got.elements() != spec.elements() && !whole.empty() && whole[0] == 1 && !got.shape.empty())
    whole[0] = got.shape[0];
  const std::int64_t elements = element_count(whole).value_or(-1);
  const bool no_sample = elements == 0 && spec.elements() != 0;
  if (no_sample || got.elements() != elements || elements % std::max<std::int64_t>(spec.elements(), 1) != 0) {
    return error("{}: has shape {}, but input '{}' takes {}", source, to_string(got.shape), spec.name,
                 to_string(spec.shape));
  }
  const std::size_t bytes = spec.bytes();
  return InputSamples{bytes == 0 ? 1 : tensor->data.size() / bytes,
                      [tensor, spec, bytes](std::size_t n) -> Result<Tensor> {
                        const auto first = tensor->data.begin() + static_cast<std::ptrdiff_t>(n * bytes);
                        return Tensor{spec, {first, first + static_cast<std::ptrdiff_t>(bytes)}};
                      }};
}

/// A source after parsing: makes the samples of input k.
struct Source {
  std::string text;
  bool serves_all = false;
  std::function<Result<InputSamples>(const TensorSpec&, std::size_t k)> make;
};

bool ends_with_any(std::string text, std::initializer_list<std::string_view> endings) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view e) { return text.ends_with(e); });
}

/// A source of one sample, which f makes.
template <typename F>
Source source_of(const std::string& text, bool serves_all, F f) {
  return {text, serves_all, [f = std::move(f)](const TensorSpec& spec, std::size_t k) -> Result<InputSamples> {
            return one([=]() -> Result<Tensor> { return f(spec, k); });
          }};
}

Result<Source> parse_noise(const std::string& text) {
  const char* const end = text.data() + text.size();
  std::uint64_t first = 0, last = 0;
  auto [at, failed] = std::from_chars(text.data() + std::strlen("noise:"), end, first);
  last = first;
  if (failed == std::errc() && at != end && std::string_view(at, end).starts_with("..")) {
    const auto second = std::from_chars(at + 2, end, last);
    at = second.ptr;
    failed = second.ec;
  }
  constexpr std::uint64_t kMost = 1'000'000;
  if (failed != std::errc() || at != end || last < first || last - first >= kMost)
    return error("'{}': expected noise: and a number, or two as in noise:1..1000", text);
  return Source{text, true, [=](const TensorSpec& spec, std::size_t k) -> Result<InputSamples> {
                  return InputSamples{static_cast<std::size_t>(last - first + 1),
                                      [=](std::size_t n) -> Result<Tensor> { return noise(spec, first + n + k); }};
                }};
}

Result<Source> parse_npz(const std::string& text) {
  NPUTWIN_ASSIGN_OR_RETURN(TensorSet read, read_npz(text));
  std::map<std::string, std::shared_ptr<const Tensor>> set;
  for (auto& [key, tensor] : read) set[key] = std::make_shared<const Tensor>(std::move(tensor));
  return Source{text, true,
                [text, set = std::move(set)](const TensorSpec& spec, std::size_t k) -> Result<InputSamples> {
                  auto found = set.find(spec.name);
                  if (found == set.end()) found = set.find(fmt::format("in{}", k));
                  if (found == set.end()) return error("{}: has no array '{}' (nor 'in{}')", text, spec.name, k);
                  return fitting(spec, found->second, fmt::format("{}[{}]", text, found->first));
                }};
}

Result<Source> parse_file(const std::string& text) {
  if (ends_with_any(text, {".npz"})) return parse_npz(text);
  if (ends_with_any(text, {".npy"})) {
    NPUTWIN_ASSIGN_OR_RETURN(const auto blob, read_file(text));
    NPUTWIN_ASSIGN_OR_RETURN(Tensor tensor, parse_npy(blob->bytes(), text));
    return Source{text, false,
                  [text, tensor = std::make_shared<const Tensor>(std::move(tensor))](
                      const TensorSpec& spec, std::size_t) { return fitting(spec, tensor, text); }};
  }
  if (ends_with_any(text, {".bin", ".raw"})) {
    NPUTWIN_ASSIGN_OR_RETURN(const auto blob, read_file(text));
    return source_of(text, false, [=](const TensorSpec& spec, std::size_t) -> Result<Tensor> {
      const Bytes bytes = blob->bytes();
      if (bytes.size() != spec.bytes())
        return error("{}: has {} bytes, but input '{}' takes {}", text, bytes.size(), spec.name, spec.bytes());
      return Tensor{spec, {bytes.begin(), bytes.end()}};
    });
  }
  const std::string file = text.substr(0, text.find(','));
  if (ends_with_any(file, {".png", ".jpg", ".jpeg", ".bmp"})) {
    NPUTWIN_ASSIGN_OR_RETURN(
        const PictureOptions options,
        picture_options(text.size() > file.size() ? std::string_view(text).substr(file.size() + 1) : ""));
    NPUTWIN_ASSIGN_OR_RETURN(const Image image, read_image(file));
    return source_of(text, false, [=](const TensorSpec& spec, std::size_t) { return picture(spec, image, options); });
  }
  return error("'{}' is no input source; expected {}", text, kInputSourceHelp);
}

/// The files of a folder, each read when its sample is wanted. `options`: "" or ",mean=…".
Result<Source> parse_folder(const std::string& folder, const std::string& options) {
  std::vector<std::string> files;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const std::string file = entry.path().string();
    if (ends_with_any(file, {".png", ".jpg", ".jpeg", ".bmp"})) {
      files.push_back(file + options);
    } else if (ends_with_any(file, {".npy", ".npz", ".bin", ".raw"})) {
      files.push_back(file);
    }
  }
  if (failed) return error("{}: {}", folder, failed.message());
  if (files.empty()) return error("{}: holds no .npy, .npz, .bin, .raw and no picture", folder);
  std::sort(files.begin(), files.end());
  const bool serves_all = ends_with_any(files.front(), {".npz"});
  return Source{folder, serves_all,
                [files = std::move(files)](const TensorSpec& spec, std::size_t k) -> Result<InputSamples> {
                  return InputSamples{files.size(), [=](std::size_t n) -> Result<Tensor> {
                                        NPUTWIN_ASSIGN_OR_RETURN(const Source file, parse_file(files[n]));
                                        NPUTWIN_ASSIGN_OR_RETURN(const InputSamples samples, file.make(spec, k));
                                        if (samples.count != 1)
                                          return error("{}: holds {} samples, expected one in a folder's file",
                                                       files[n], samples.count);
                                        return samples.at(0);
                                      }};
                }};
}

Result<Source> parse_source(const std::string& text) {
  if (text.starts_with("noise:")) return parse_noise(text);
  if (text == "ramp") return source_of(text, true, [](const TensorSpec& spec, std::size_t) { return ramp(spec); });
  if (text == "zeros") return source_of(text, true, [](const TensorSpec& spec, std::size_t) { return blank(spec); });
  if (text.starts_with("photo:")) {
    NPUTWIN_ASSIGN_OR_RETURN(const Image image, read_image(text.substr(std::strlen("photo:"))));
    return source_of(text, true, [image](const TensorSpec& spec, std::size_t) { return photo(spec, image); });
  }
  const std::size_t comma = std::min(text.find(','), text.size());
  std::error_code ignored;
  if (std::filesystem::is_directory(text.substr(0, comma), ignored))
    return parse_folder(text.substr(0, comma), text.substr(comma));
  return parse_file(text);
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

Result<Sample> InputSet::sample(std::size_t n) const {
  Sample sample;
  for (const InputSamples& input : inputs_) {
    NPUTWIN_ASSIGN_OR_RETURN(Tensor tensor, input.at(input.count == 1 ? 0 : n));
    sample.push_back(std::move(tensor));
  }
  return sample;
}

Result<Sample> InputSet::only_sample() const {
  if (count_ != 1) return error("the input holds {} samples, and this command takes one; diff takes many", count_);
  return sample(0);
}

Result<InputSet> make_inputs(std::span<const TensorSpec> inputs, std::span<const std::string> arguments) {
  std::vector<std::optional<Source>> chosen(inputs.size());
  std::optional<Source> rest;
  std::vector<Source> in_order;
  for (const std::string& argument : arguments) {
    const auto k = named_input(inputs, argument);
    NPUTWIN_ASSIGN_OR_RETURN(Source source, parse_source(k ? argument.substr(inputs[*k].name.size() + 1) : argument));
    if (k && chosen[*k]) return error("input '{}' is given twice", inputs[*k].name);
    if (k) {
      chosen[*k] = std::move(source);
    } else if (!source.serves_all) {
      in_order.push_back(std::move(source));
    } else if (rest) {
      return error("'{}' and '{}' both name no input; write one as NAME=SOURCE", rest->text, source.text);
    } else {
      rest = std::move(source);
    }
  }
  std::size_t next = 0;
  std::vector<InputSamples> by_input;
  std::size_t count = 1;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (!chosen[k] && next < in_order.size()) chosen[k] = std::move(in_order[next++]);
    if (!chosen[k] && rest) chosen[k] = rest;
    if (!chosen[k])
      return error(
          "nothing is given for input '{}' ({} {}); add --input SOURCE, such as noise:1 or a FILE.npy "
          "(`nputwin run --help` lists all)",
          inputs[k].name, name(inputs[k].type), to_string(inputs[k].shape));
    NPUTWIN_ASSIGN_OR_RETURN(InputSamples samples, chosen[k]->make(inputs[k], k));
    if (samples.count > 1 && count > 1 && samples.count != count)
      return error("'{}' holds {} samples, another input {}", chosen[k]->text, samples.count, count);
    count = std::max(count, samples.count);
    by_input.push_back(std::move(samples));
  }
  if (next < in_order.size())
    return error("'{}' is one input too many: the model has {}", in_order[next].text, inputs.size());
  InputSet set(std::move(by_input), count);
  NPUTWIN_RETURN_IF_ERROR(set.sample(0));  // what does not fit is said at once
  return set;
}

}  // namespace nputwin
