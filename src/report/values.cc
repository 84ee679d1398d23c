#include "report/values.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/hash.h"
#include "report/not_run_report.h"

namespace nputwin::report {
namespace {

constexpr std::int64_t kShownWhole = 16;
constexpr std::size_t kShownSamples = 10;

/// Element i as stored and, for a quantized value, the real value that it stands for.
struct Value {
  double stored = 0, real = 0;
};

template <typename T>
Value typed_value(const TensorView& view, std::size_t i) {
  const auto stored = static_cast<double>(view.as<T>()[i]);
  const auto& q = view.spec->quantization;
  if (view.spec->type == DType::kFloat32 || !q.per_tensor()) return {stored, stored};
  return {stored, static_cast<double>(q.scale[0]) * (stored - q.zero_point[0])};
}

Value value(const TensorView& view, std::size_t i) {
  switch (view.spec->type) {
    case DType::kFloat32:
      return typed_value<float>(view, i);
    case DType::kInt32:
      return typed_value<std::int32_t>(view, i);
    case DType::kUInt8:
      return typed_value<std::uint8_t>(view, i);
    case DType::kInt64:
      return typed_value<std::int64_t>(view, i);
    case DType::kBool:
      return typed_value<bool>(view, i);
    case DType::kInt16:
      return typed_value<std::int16_t>(view, i);
    case DType::kInt8:
      return typed_value<std::int8_t>(view, i);
  }
  return {};
}

std::string value_text(const TensorView& view, std::size_t i) {
  const Value v = value(view, i);
  if (std::isnan(v.real)) return "nan";  // whatever its sign
  if (view.spec->type == DType::kFloat32) return fmt::format("{:.9g}", v.real);
  if (!view.spec->quantization.per_tensor()) return fmt::format("{:.0f}", v.stored);
  return fmt::format("{:.0f} ({:.6g})", v.stored, v.real);
}

std::string outputs_text(const Outputs& tensors, const std::vector<std::string>& labels, int top) {
  std::string text;
  for (const TensorView& view : tensors) {
    const auto n = static_cast<std::size_t>(view.spec->elements());
    text += fmt::format("{} {} {}  hash {}\n", view.spec->name, name(view.spec->type), to_string(view.spec->shape),
                        tensor_hash(view.bytes));
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const bool whole = view.spec->elements() <= kShownWhole && labels.empty();
    const std::size_t shown = whole ? n : std::min(n, static_cast<std::size_t>(top));
    if (!whole) {
      std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                        [&](std::size_t a, std::size_t b) {
                          const double x = value(view, a).stored, y = value(view, b).stored;
                          if (std::isnan(x) || std::isnan(y))
                            return std::isnan(x) == std::isnan(y) ? a < b : std::isnan(y);
                          return x > y || (x == y && a < b);
                        });
      text += fmt::format("  the {} largest of {}:\n", shown, n);
    }
    for (std::size_t k = 0; k < shown; ++k) {
      text += fmt::format("  [{}] {}{}\n", order[k], value_text(view, order[k]),
                          order[k] < labels.size() ? "  " + labels[order[k]] : "");
    }
  }
  return text;
}

Json outputs_json(const Outputs& tensors) {
  Json outputs = Json::array();
  for (const TensorView& view : tensors) {
    Json item{{"name", view.spec->name}, {"type", name(view.spec->type)}, {"shape", view.spec->shape}};
    if (view.spec->quantization.per_tensor()) {
      item["scale"] = view.spec->scale();
      item["zero_point"] = view.spec->zero_point();
    }
    item["hash"] = tensor_hash(view.bytes);
    auto& values = item["values"] = Json::array();
    for (std::size_t i = 0; i < static_cast<std::size_t>(view.spec->elements()); ++i) {
      const double v = value(view, i).stored;
      if (view.spec->type == DType::kFloat32)
        values.push_back(v);
      else
        values.push_back(static_cast<std::int64_t>(v));
    }
    outputs.push_back(std::move(item));
  }
  return outputs;
}

}  // namespace

std::string values_text(std::span<const Outputs> samples, const std::vector<std::string>& labels, int top) {
  if (samples.size() == 1) return outputs_text(samples[0], labels, top);
  std::string text;
  for (std::size_t n = 0; n < std::min(samples.size(), kShownSamples); ++n)
    text += fmt::format("sample {}\n{}", n, outputs_text(samples[n], labels, top));
  if (samples.size() > kShownSamples)
    text += fmt::format("… and {} more samples; --output and --format json have all\n", samples.size() - kShownSamples);
  return text;
}

Json values_json(const std::string& model, const std::string& profile, std::span<const Outputs> samples,
                 const NotRun& not_run) {
  Json json{{"model", model}, {"profile", profile}};
  if (samples.size() == 1) {
    json["outputs"] = outputs_json(samples[0]);
  } else {
    Json& list = json["samples"] = Json::array();
    for (const Outputs& outputs : samples) list.push_back({{"outputs", outputs_json(outputs)}});
  }
  if (!not_run.ops.empty()) json["not_run"] = not_run_json(not_run);
  return json;
}

Json hashes_json(std::span<const std::vector<std::pair<int, std::string>>> samples) {
  Json list = Json::array();
  for (const auto& hashes : samples) {
    Json json = Json::object();
    for (const auto& [tensor, hash] : hashes) json[std::to_string(tensor)] = hash;
    list.push_back(std::move(json));
  }
  return samples.size() == 1 ? list[0] : list;
}

}  // namespace nputwin::report
