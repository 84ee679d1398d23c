#include "sides/captures/format.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "base/folder.h"

namespace nputwin::captures {
namespace {

/// Once, however many tensors it is said of.
void note(Capture& capture, std::string text) {
  if (std::find(capture.notes.begin(), capture.notes.end(), text) == capture.notes.end())
    capture.notes.push_back(std::move(text));
}

Shape without_ones(Shape shape) {
  std::erase(shape, 1);
  return shape;
}

/// Brings the values into the order of the spec.
Status reorder(Capture& capture, Saved& saved, const TensorSpec& spec, Layout layout, const std::string& where) {
  const Shape& have = saved.tensor.spec.shape;
  const Shape& want = spec.shape;
  if (element_count(have) != element_count(want))
    return error("{}: has {} values {}, '{}' takes {} {}", where, element_count(have).value_or(0),
                 saved.has_dimensions ? to_string(have) : "", spec.name, element_count(want).value_or(0),
                 to_string(want));
  // Where a picture has one place or one channel, both orders are the same.
  const bool ordered = want.size() == 4 && want[3] > 1 && std::int64_t{want[1]} * want[2] > 1;
  const bool as_nhwc = !saved.has_dimensions || without_ones(have) == without_ones(want);
  const bool as_nchw = ordered && (!saved.has_dimensions || have == nchw_shape(want));
  if (!as_nhwc && !as_nchw) return error("{}: is {}, '{}' is {}", where, to_string(have), spec.name, to_string(want));
  if (!as_nchw || (as_nhwc && layout == Layout::kNhwc)) return {};
  if (as_nhwc && layout == Layout::kUnsaid) {
    if (saved.has_dimensions && saved.names_order) return {};
    return error("{}: could be NHWC or NCHW; add ,layout=nhwc or ,layout=nchw", where);
  }
  saved.tensor.data = nhwc_from_nchw(saved.tensor.data, want, size_of(saved.tensor.spec.type));
  note(capture, "brought from NCHW to NHWC");
  return {};
}

/// The code of a real number that is a multiple of the scale: v/s + z. Nothing where it lies further than a quarter of
/// a step from every code.
std::optional<std::int32_t> code_of(double value, double scale, std::int32_t zero_point, CodeRange range) {
  const double code = value / scale + zero_point, nearest = std::nearbyint(code);
  if (!(std::abs(code - nearest) <= 0.25) || nearest < range.lo || nearest > range.hi) return std::nullopt;
  return static_cast<std::int32_t>(nearest);
}

template <typename To, typename From, typename F>
Result<std::vector<std::byte>> converted(const Saved& saved, const std::string& where, F&& convert) {
  const auto values = saved.tensor.view().as<From>();
  std::vector<std::byte> data(values.size() * sizeof(To));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::optional<std::int32_t> code = convert(values[i]);
    if (!code) return error("{}: value {} of element {} is no code of the tensor", where, values[i], i);
    const auto narrow = static_cast<To>(*code);
    std::memcpy(&data[i * sizeof(To)], &narrow, sizeof(To));
  }
  return data;
}

/// To the spec's codes, of type To.
template <typename To>
Result<std::vector<std::byte>> to_codes(const Saved& saved, const TensorSpec& spec, const std::string& where) {
  const CodeRange range = code_range(spec.type);
  if (saved.tensor.spec.type == DType::kInt32)
    return converted<To, std::int32_t>(saved, where, [&](std::int32_t code) {
      return code < range.lo || code > range.hi ? std::nullopt : std::optional(code);
    });
  if (!spec.quantization.per_tensor())
    return error("{}: holds numbers, and '{}' has no single scale by which they could be quantized", where, spec.name);
  return converted<To, float>(saved, where, [&](float value) {
    return code_of(value, static_cast<double>(spec.scale()), spec.zero_point(), range);
  });
}

Status convert(Capture& capture, Saved& saved, const TensorSpec& spec, const std::string& where) {
  const DType have = saved.tensor.spec.type;
  if (have == spec.type) return {};
  if (is_8bit(have) && is_8bit(spec.type)) {
    for (std::byte& b : saved.tensor.data) b ^= std::byte{0x80};
    note(capture, fmt::format("{} codes brought to {}, 128 {}", name(have), name(spec.type),
                              spec.type == DType::kInt8 ? "lower" : "higher"));
    return {};
  }
  Result<std::vector<std::byte>> data = Error{};
  if (have != DType::kInt32 && have != DType::kFloat32)
    return error("{}: holds {}, '{}' is {}", where, name(have), spec.name, name(spec.type));
  switch (spec.type) {
    case DType::kInt8:
      data = to_codes<std::int8_t>(saved, spec, where);
      break;
    case DType::kUInt8:
      data = to_codes<std::uint8_t>(saved, spec, where);
      break;
    case DType::kInt16:
      data = to_codes<std::int16_t>(saved, spec, where);
      break;
    case DType::kInt32:
      data = to_codes<std::int32_t>(saved, spec, where);
      break;
    case DType::kFloat32:  // written without a point
      for (std::size_t i = 0; i < saved.tensor.data.size(); i += sizeof(float)) {
        std::int32_t whole = 0;
        std::memcpy(&whole, &saved.tensor.data[i], sizeof whole);
        const auto number = static_cast<float>(whole);
        std::memcpy(&saved.tensor.data[i], &number, sizeof number);
      }
      return {};
    case DType::kInt64:
    case DType::kBool:
      return error("{}: holds {}, '{}' is {}", where, name(have), spec.name, name(spec.type));
  }
  if (!data) return data.error();
  if (have == DType::kFloat32) note(capture, "codes made of real numbers by the model's scales");
  saved.tensor.data = std::move(*data);
  return {};
}

}  // namespace

std::vector<int> Target::made() const {
  std::vector<int> tensors;
  for (const Node& node : model->main().nodes) {
    for (const int t : node.outputs) {
      if (t >= 0 && model->main().tensor(t).unsupported.empty()) tensors.push_back(t);
    }
  }
  return tensors;
}

std::vector<int> Target::outputs() const {
  const auto all = made();
  std::vector<int> tensors;
  for (const int t : model->main().outputs) {
    const bool is_made = std::find(all.begin(), all.end(), t) != all.end();
    if (is_made && std::find(tensors.begin(), tensors.end(), t) == tensors.end()) tensors.push_back(t);
  }
  return tensors;
}

std::optional<int> Target::named(std::string_view name) const {
  for (const int t : made()) {
    if (spec(t).name == name) return t;
  }
  return std::nullopt;
}

bool any_file(const std::string& folder, bool (*holds)(std::string_view name)) {
  const auto entries = entries_of(folder);
  return entries && std::ranges::any_of(*entries, [&](const std::string& path) {
           return is_file(path) && holds(std::filesystem::path(path).filename().string());
         });
}

Status add_fitted(Capture& capture, int tensor, const TensorSpec& spec, Saved saved, Layout layout,
                  const std::string& where) {
  NPUTWIN_RETURN_IF_ERROR(reorder(capture, saved, spec, layout, where));
  NPUTWIN_RETURN_IF_ERROR(convert(capture, saved, spec, where));
  capture.tensors[tensor] = {spec, std::move(saved.tensor.data)};
  return {};
}

Result<CaptureSet> one_sample(Capture capture, const Source& source, const Target& target) {
  capture.source = source.path;
  capture.partial = true;
  if (capture.tensors.empty())
    return error("{}: nothing in it belongs to an op's output in {}; `nputwin inspect` lists the names", source.path,
                 target.model->path);
  return CaptureSet(1, [capture = std::move(capture)](std::size_t) { return capture; });
}

}  // namespace nputwin::captures
