#pragma once

#include <optional>

namespace nputwin {

/// What the largest differences of a layer cannot exceed, in the unit of DifferenceStats::largest; nothing where that
/// is not known.
struct LayerBound {
  /// The layer alone, on equal inputs: for all inputs.
  std::optional<double> isolated;
  /// Each side on its own inputs, for all inputs of the model.
  std::optional<double> accumulated;
  /// The same, of inputs of the model for which the layer's own inputs differ by no more than was found, and of each
  /// difference no more elements than the sample that had most of it.
  std::optional<double> step;
  /// How far apart two values of the layer can be at all: a bound of that says nothing. Nothing: not codes.
  std::optional<double> range;
};

}  // namespace nputwin
