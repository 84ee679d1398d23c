#pragma once

#include <map>
#include <optional>
#include <string>

#include "sides/capture.h"
#include "tensor/layout.h"
#include "tensor/tensor_set.h"

namespace nputwin::captures {

struct Source {
  std::string path;
  Layout layout = Layout::kUnsaid;
};

/// What captured tensors belong to.
struct Target {
  const Model* model = nullptr;
  std::span<const TensorSpec> specs;

  [[nodiscard]] const TensorSpec& spec(int tensor) const { return specs[static_cast<std::size_t>(tensor)]; }
  /// The tensors that ops make and that can be read, in the order of the ops.
  [[nodiscard]] std::vector<int> made() const;
  /// The one of them that has the name.
  [[nodiscard]] std::optional<int> named(std::string_view name) const;
};

/// A format that captures come in: one line in formats.inc.
struct Format {
  std::string_view looks, description;
  bool (*recognises)(const std::string& path);
  Result<CaptureSet> (*open)(const Source& source, const Target& target);
};
[[nodiscard]] std::span<const Format> formats();

#define NPUTWIN_CAPTURE_FORMAT(function, looks, description)         \
  [[nodiscard]] bool recognises_##function(const std::string& path); \
  [[nodiscard]] Result<CaptureSet> open_##function(const Source& source, const Target& target);
#include "sides/captures/formats.inc"
#undef NPUTWIN_CAPTURE_FORMAT

/// A tensor as it was saved.
struct Saved {
  Tensor tensor;
  bool has_dimensions = true;  ///< false: a list of values, `tensor` has one dimension
  bool names_order = true;     ///< false: equal dimensions do not tell NHWC from NCHW
};

/// Puts a saved tensor into the capture, in the spec's type and order. `where` names file and tensor for errors.
[[nodiscard]] Status add_fitted(Capture& capture, int tensor, const TensorSpec& spec, Saved saved, Layout layout,
                                const std::string& where);

/// Arrays under the names of tensors. [K*N,...] for a tensor [N,...] holds K samples, one behind the other; all arrays
/// as many.
[[nodiscard]] Result<CaptureSet> captures_by_name(TensorSet arrays, const Source& source, const Target& target);

/// Whether `holds` of the name of a file that stands in the folder itself.
[[nodiscard]] bool any_file(const std::string& folder, bool (*holds)(std::string_view name));

/// Numbers as text, separated by white space: int32 where no number has a point or an exponent, else float32.
[[nodiscard]] Result<Tensor> read_text_values(const std::string& path);

/// A set of one sample, `capture`, an error where it has no tensor.
[[nodiscard]] Result<CaptureSet> one_sample(Capture capture, const Source& source, const Target& target);

/// A text that says which file of `folder` holds which tensor: in a line, a tensor's name or index and a file's name,
/// in either order. Other lines are left alone. From file name to tensor; empty where there is no file `path`.
[[nodiscard]] Result<std::map<std::string, int>> read_tensor_map(const std::string& path, const std::string& folder,
                                                                 const Target& target);

}  // namespace nputwin::captures
