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
  std::string tensor{};  ///< of a file with one array: the tensor that it is; empty: nobody says
  std::string models{};  ///< the folder of the prefix models whose outputs were captured; empty: nobody says
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
  /// Those of them that are outputs of the model, in its order.
  [[nodiscard]] std::vector<int> outputs() const;
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

/// A saved tensor that may hold samples one behind the other, and what names it for errors.
struct SavedSamples {
  Saved saved;
  std::string where;
};

/// Captures of saved tensors, by tensor. [K*N,...] for a tensor [N,...] holds K samples, as does a list of K times as
/// many values; all hold as many. `notes`: what is to be said of them beside what is done to their values.
[[nodiscard]] Result<CaptureSet> captures_of(std::map<int, SavedSamples> tensors, std::vector<std::string> notes,
                                             const Source& source, const Target& target);

/// Puts a saved tensor into the capture, in the spec's type and order. `where` names file and tensor for errors.
[[nodiscard]] Status add_fitted(Capture& capture, int tensor, const TensorSpec& spec, Saved saved, Layout layout,
                                const std::string& where);

/// Arrays under the names of tensors, or near them (names.h); as captures_of takes them.
[[nodiscard]] Result<CaptureSet> captures_by_name(TensorSet arrays, const Source& source, const Target& target);

/// Whether `holds` of the name of a file that stands in the folder itself.
[[nodiscard]] bool any_file(const std::string& folder, bool (*holds)(std::string_view name));

/// Numbers as text, separated by white space: int32 where no number has a point or an exponent, else float32.
[[nodiscard]] Result<Tensor> read_text_values(const std::string& path);

/// A set of one sample, `capture`, an error where it has no tensor.
[[nodiscard]] Result<CaptureSet> one_sample(Capture capture, const Source& source, const Target& target);

/// What lines of a tensor map may be.
enum class MapLines : std::uint8_t {
  kOthersToo,  ///< lines that name no tensor or no file are left alone
  kAllMap,     ///< each that is not empty and does not begin with # names a tensor, or is an error
};

/// A text that says which file of `folder` holds which tensor: in a line, a tensor's name or index and a file's name,
/// in either order. From file name to tensor; empty where there is no file `path`.
[[nodiscard]] Result<std::map<std::string, int>> read_tensor_map(const std::string& path, const std::string& folder,
                                                                 const Target& target, MapLines lines);

}  // namespace nputwin::captures
