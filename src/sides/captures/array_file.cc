#include "sides/captures/array_file.h"

#include <algorithm>

#include "io/npy.h"

namespace nputwin::captures {

bool ArrayFile::is_one(std::string_view name) {
  return name.ends_with(".npy") || name.ends_with(".bin") || name.ends_with(".raw") || name.ends_with(".txt");
}

Result<ArrayFile> ArrayFile::read(const std::string& path) {
  ArrayFile array;
  array.path_ = path;
  if (path.ends_with(".txt")) {
    NPUTWIN_ASSIGN_OR_RETURN(Tensor numbers, read_text_values(path));
    array.saved_ = {std::move(numbers), false, false};
    return array;
  }
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path));
  const Bytes bytes = file->bytes();
  array.bytes_ = !path.ends_with(".npy");
  if (array.bytes_) {
    array.saved_.tensor.data.assign(bytes.begin(), bytes.end());
  } else {
    NPUTWIN_ASSIGN_OR_RETURN(array.saved_.tensor, parse_npy(bytes, path));
  }
  return array;
}

bool ArrayFile::fits(const TensorSpec& spec) const {
  if (spec.elements() < 1) return false;
  if (bytes_) return !saved_.tensor.data.empty() && saved_.tensor.data.size() % spec.bytes() == 0;
  const TensorSpec& have = saved_.tensor.spec;
  if (have.elements() < 1 || have.elements() % spec.elements() != 0) return false;
  if (!saved_.has_dimensions) return true;
  const bool same_rest =
      have.shape.size() == spec.shape.size() &&
      (have.shape.empty() || std::equal(have.shape.begin() + 1, have.shape.end(), spec.shape.begin() + 1));
  return have.type == spec.type && same_rest;
}

Result<SavedSamples> ArrayFile::values_of(const TensorSpec& spec) const {
  if (!bytes_) return SavedSamples{saved_, path_};
  const std::size_t size = saved_.tensor.data.size();
  if (!fits(spec))
    return error("{}: has {} bytes, but '{}' {} {} takes {}, or as many for each of several samples", path_, size,
                 spec.name, name(spec.type), to_string(spec.shape), spec.bytes());
  Saved saved = saved_;
  saved.tensor.spec = spec;
  const std::size_t samples = size / spec.bytes();
  if (!spec.shape.empty() && samples > 1) saved.tensor.spec.shape[0] *= static_cast<std::int32_t>(samples);
  return SavedSamples{std::move(saved), path_};
}

}  // namespace nputwin::captures
