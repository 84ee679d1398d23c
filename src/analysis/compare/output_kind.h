#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/compare/output_diff.h"
#include "base/result.h"
#include "model/model.h"

namespace nputwin {

/// What is known of one of the model's outputs before anything runs.
struct KnownOutput {
  int tensor = 0;
  OutputKind kind = OutputKind::kValues;
  std::string from;  ///< OutputDiff::known_from
  /// Of boxes that TFLite_Detection_PostProcess makes: the tensors of their classes, scores and number.
  std::optional<std::array<int, 3>> detections;
  double threshold = 0;  ///< of a mask of one channel: values above it are in the mask
};

/// One for each output of the model that an op makes, in the model's order. An output's kind is what `asked` says of it
/// ("NAME=classes", "embedding" for all outputs), else what the file's metadata say, else what the op that makes it
/// leaves no doubt of. An error where `asked` names no output or no kind, and where the kind does not fit the shape.
///
///   SOFTMAX, LOG_SOFTMAX          classes; a mask where the output has a height and a width
///   ARG_MAX, ARG_MIN              classes; a mask where there is more than one index a sample
///   L2_NORMALIZATION              an embedding
///   TFLite_Detection_PostProcess  boxes, with their classes, scores and number
///
/// Ops behind these that move or requantize values (RESHAPE, DEQUANTIZE, …) are looked through.
[[nodiscard]] Result<std::vector<KnownOutput>> known_outputs(const Model& model, std::span<const TensorSpec> specs,
                                                             std::span<const std::string> asked);

}  // namespace nputwin
