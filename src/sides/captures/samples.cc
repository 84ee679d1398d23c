// Saved tensors that hold several samples.

#include <algorithm>

#include "sides/captures/format.h"

namespace nputwin::captures {
namespace {

/// How many samples a tensor holds one behind the other; 1 where it is no whole number of them.
std::size_t samples_in(const Saved& saved, const TensorSpec& spec) {
  const std::int64_t have = saved.tensor.spec.elements(), each = spec.elements();
  if (each < 1 || have <= each || have % each != 0) return 1;
  const Shape &shape = saved.tensor.spec.shape, &want = spec.shape;
  if (saved.has_dimensions && (shape.size() != want.size() || want[0] < 1 || shape[0] != have / each * want[0]))
    return 1;
  return static_cast<std::size_t>(have / each);
}

Saved slice(const Saved& all, std::size_t sample, std::size_t samples) {
  const std::vector<std::byte>& data = all.tensor.data;
  const std::size_t bytes = data.size() / samples;
  const auto first = data.begin() + static_cast<std::ptrdiff_t>(sample * bytes);
  Saved saved{
      {all.tensor.spec, {first, first + static_cast<std::ptrdiff_t>(bytes)}}, all.has_dimensions, all.names_order};
  if (samples > 1) saved.tensor.spec.shape[0] /= static_cast<std::int32_t>(samples);
  return saved;
}

}  // namespace

Result<CaptureSet> captures_of(std::map<int, SavedSamples> tensors, std::vector<std::string> notes,
                               const Source& source, const Target& target) {
  if (tensors.empty()) return one_sample({}, source, target);
  const std::string* first = nullptr;
  std::size_t samples = 1;
  for (const auto& [t, tensor] : tensors) {
    const std::size_t here = samples_in(tensor.saved, target.spec(t));
    if (first != nullptr && here != samples)
      return error("{}: holds {} sample{}, and {} holds {}", tensor.where, here, here == 1 ? "" : "s", *first, samples);
    samples = here;
    first = &tensor.where;
  }
  return CaptureSet(
      samples, [=, tensors = std::move(tensors), notes = std::move(notes)](std::size_t n) -> Result<Capture> {
        Capture capture;
        capture.source = source.path;
        capture.partial = true;
        capture.notes = notes;
        for (const auto& [t, tensor] : tensors)
          NPUTWIN_RETURN_IF_ERROR(
              add_fitted(capture, t, target.spec(t), slice(tensor.saved, n, samples), source.layout, tensor.where));
        return capture;
      });
}

}  // namespace nputwin::captures
