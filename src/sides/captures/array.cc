// One array that is an output of the model, as boards and scripts save it.

#include <algorithm>

#include "base/suggestion.h"
#include "sides/captures/array_file.h"
#include "sides/captures/names.h"

namespace nputwin::captures {
namespace {

/// "'boxes' float32 [1,10,4], 'classes' float32 [1,10]"
std::string listed(const std::vector<int>& tensors, const Target& target) {
  std::string text;
  for (const int t : tensors) {
    const TensorSpec& spec = target.spec(t);
    text += fmt::format("{}'{}' {} {}", text.empty() ? "" : ", ", spec.name, name(spec.type), to_string(spec.shape));
  }
  return text;
}

Result<int> named_tensor(const Source& source, const Target& target, std::vector<std::string>& notes) {
  if (const auto exact = target.named(source.tensor)) return *exact;
  NearNames near = near_names({source.tensor}, {}, target, [](std::string name) { return name; });
  if (near.tensors.empty())
    return error("{}: no op's output in {} is called {}; `nputwin inspect` lists the names", source.path,
                 target.model->path, unknown_names({source.tensor}, target));
  notes = std::move(near.notes);
  return near.tensors.begin()->second;
}

/// The only output of the model, or the only one that the file fits.
Result<int> fitting_output(const ArrayFile& file, const Source& source, const Target& target) {
  const std::vector<int> outputs = target.outputs();
  if (outputs.size() == 1) return outputs[0];
  std::vector<int> fitting;
  std::ranges::copy_if(outputs, std::back_inserter(fitting), [&](int t) { return file.fits(target.spec(t)); });
  if (fitting.size() == 1) return fitting[0];
  return error("{}: could be {} of the model's outputs; say which, as in 'NAME={}': {}", source.path,
               fitting.empty() ? "none" : "more than one", source.path,
               listed(fitting.empty() ? outputs : fitting, target));
}

}  // namespace

bool recognises_array(const std::string& path) { return ArrayFile::is_one(path); }

Result<CaptureSet> open_array(const Source& source, const Target& target) {
  NPUTWIN_ASSIGN_OR_RETURN(const ArrayFile file, ArrayFile::read(source.path));
  std::vector<std::string> notes;
  NPUTWIN_ASSIGN_OR_RETURN(
      const int t, source.tensor.empty() ? fitting_output(file, source, target) : named_tensor(source, target, notes));
  NPUTWIN_ASSIGN_OR_RETURN(SavedSamples values, file.values_of(target.spec(t)));
  return captures_of({{t, std::move(values)}}, std::move(notes), source, target);
}

}  // namespace nputwin::captures
