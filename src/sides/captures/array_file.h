#pragma once

#include "sides/captures/format.h"

namespace nputwin::captures {

/// A file that holds the values of one tensor: FILE.npy; FILE.bin and FILE.raw, its bytes; FILE.txt, its numbers.
class ArrayFile {
 public:
  /// By the ending.
  [[nodiscard]] static bool is_one(std::string_view name);
  [[nodiscard]] static Result<ArrayFile> read(const std::string& path);

  /// Whether it holds values of the tensor, for one sample or several: as many, and where the file shows dimensions and
  /// type, those too.
  [[nodiscard]] bool fits(const TensorSpec& spec) const;
  /// The values, as what the file holds them to be; where it does not show that, as the tensor's. `where` names the
  /// file for errors.
  [[nodiscard]] Result<SavedSamples> values_of(const TensorSpec& spec) const;

 private:
  std::string path_;
  Saved saved_;         // of bytes: uint8
  bool bytes_ = false;  // whatever the tensor's type is
};

}  // namespace nputwin::captures
