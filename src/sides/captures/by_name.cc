#include "sides/captures/format.h"

namespace nputwin::captures {
namespace {

/// The array of a tensor. Tensors that share a name have their index behind it, nameless ones after "tensor_".
const Tensor* find(const TensorSet& arrays, int tensor, const std::string& name) {
  for (const std::string& key :
       {fmt::format("{}#{}", name, tensor), name.empty() ? fmt::format("tensor_{}", tensor) : name}) {
    const auto found = arrays.find(key);
    if (found != arrays.end()) return &found->second;
  }
  return nullptr;
}

/// How many samples an array holds one behind the other; 1 where it is no whole number of them.
std::size_t samples_in(const Tensor& array, const TensorSpec& spec) {
  const Shape &have = array.spec.shape, &want = spec.shape;
  if (have.empty() || have.size() != want.size() || want[0] < 1 || have[0] % want[0] != 0) return 1;
  const auto samples = std::int64_t{have[0]} / want[0];
  return samples > 1 && array.spec.elements() == samples * spec.elements() ? static_cast<std::size_t>(samples) : 1;
}

Saved slice(const Tensor& array, std::size_t sample, std::size_t samples) {
  const std::size_t bytes = array.data.size() / samples;
  const auto first = array.data.begin() + static_cast<std::ptrdiff_t>(sample * bytes);
  Saved saved{{array.spec, {first, first + static_cast<std::ptrdiff_t>(bytes)}}};
  if (samples > 1) saved.tensor.spec.shape[0] /= static_cast<std::int32_t>(samples);
  return saved;
}

}  // namespace

Result<CaptureSet> captures_by_name(TensorSet arrays, const Source& source, const Target& target) {
  std::size_t samples = 1;
  bool any = false;
  for (const int t : target.made()) {
    const Tensor* array = find(arrays, t, target.spec(t).name);
    if (array == nullptr) continue;
    const std::size_t here = samples_in(*array, target.spec(t));
    if (any && here != samples)
      return error("{}: '{}' holds {} samples, an array before it {}", source.path, target.spec(t).name, here, samples);
    samples = here;
    any = true;
  }
  if (!any) return one_sample({}, source, target);
  return CaptureSet(samples, [arrays = std::move(arrays), source, target, samples](std::size_t n) -> Result<Capture> {
    Capture capture;
    capture.source = source.path;
    capture.partial = true;
    for (const int t : target.made()) {
      const TensorSpec& spec = target.spec(t);
      const Tensor* array = find(arrays, t, spec.name);
      if (array == nullptr) continue;
      NPUTWIN_RETURN_IF_ERROR(add_fitted(capture, t, spec, slice(*array, n, samples), source.layout,
                                         fmt::format("{}: '{}'", source.path, spec.name)));
    }
    return capture;
  });
}

}  // namespace nputwin::captures
