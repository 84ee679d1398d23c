#pragma once

#include <memory>
#include <string>

#include "io/array.h"
#include "sides/inputs/source.h"

namespace nputwin::inputs {

/// The samples that an array holds for an input. Its shape is the input's; or [K*N,…] for [N,…], which is K samples; or
/// one sample's without the first dimension, where that is 1. Values of [N,C,H,W] are brought to [N,H,W,C] where the
/// shape shows it or the user says it. `where` names the array.
[[nodiscard]] Result<InputSamples> samples_of(const TensorSpec& input, const std::shared_ptr<const Array>& array,
                                              const Given& given, const std::string& where, const Notes& notes);

/// A source that is an array.
[[nodiscard]] Source array_source(const Given& given, const std::shared_ptr<const Array>& array, const Notes& notes);

/// The layout that the options say.
[[nodiscard]] Result<Layout> layout_option(const Given& given);

}  // namespace nputwin::inputs
