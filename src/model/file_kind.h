#pragma once

#include <string>
#include <string_view>

#include "model/model.h"

namespace nputwin {

/// Ops that multiply and accumulate by weights: what is called a layer where kinds of files are told apart.
[[nodiscard]] bool is_layer(std::string_view op);

/// What kind of file a model is that has layers of other numbers than integers: how it was quantized, or what has
/// compiled it.
struct FileKind {
  /// dynamic-range, float16, weight-only, float, compiled; mixed: it has integer layers too. Empty: its layers are of
  /// integers, or it has none.
  std::string_view name;
  std::string sentence;  ///< what it is, why there is nothing to compute here, and which file to give instead
};
[[nodiscard]] FileKind file_kind(const Model& model);

}  // namespace nputwin
