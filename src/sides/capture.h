#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/model.h"

namespace nputwin {

/// What another implementation computed for a model and one sample.
struct Capture {
  std::string source;              ///< who computed it, for people: a runtime, a file
  std::string profile;             ///< the built-in profile of the runtime that computed it; empty: nobody knows
  bool partial = false;            ///< ops without a captured output are left out of comparisons
  std::map<int, Tensor> tensors;   ///< ops' outputs, by tensor index
  std::vector<std::string> notes;  ///< what had to be done to values before they fitted, what was left out and why
};

/// Captures of several samples, each read when it is asked for.
class CaptureSet {
 public:
  CaptureSet() = default;
  CaptureSet(std::size_t size, std::function<Result<Capture>(std::size_t)> read)
      : size_(size), read_(std::move(read)) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  /// `index` < size().
  [[nodiscard]] Result<Capture> sample(std::size_t index) const { return read_(index); }

 private:
  std::size_t size_ = 0;
  std::function<Result<Capture>(std::size_t)> read_;
};

/// Whether `source` can only be meant for open_captures: a file or folder, but for profiles' documents, or a text that
/// looks like the path of one.
[[nodiscard]] bool is_capture(const std::string& source);

/// Tensors that whoever ran the model saved, as partial captures. `source` is PATH, with ",layout=nchw|nhwc" or
/// ",models=FOLDER" (of prefix models) behind it where needed; TENSOR=PATH names the tensor of a file with one array.
/// The formats are those of captures/formats.inc. `specs`, one for each tensor of the graph, are what the tensors must
/// fit; both outlive the set. Values are brought into the specs' types and order where that is certain:
///
///   other order   [N,C,H,W] for [N,H,W,C], where the dimensions tell one from the other or `layout` says it
///   uint8, int8   one for the other, 128 apart
///   numbers       that are multiples of the scale, for codes: 0.5 with scale 0.25 and zero point 3 is the code 5
///
/// Tensors that match no op output are ignored. A file that should match but does not is an error, and so is a capture
/// in which nothing matches.
[[nodiscard]] Result<CaptureSet> open_captures(const std::string& source, const Model& model,
                                               std::span<const TensorSpec> specs);

/// The formats, a line each, for --help.
[[nodiscard]] std::string capture_formats_text();

}  // namespace nputwin
