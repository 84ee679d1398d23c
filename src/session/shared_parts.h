#pragma once

#include "mac/layer_values.h"
#include "ops/elementwise/pair_codes.h"

namespace nputwin {

/// Parts of kernels that have been prepared for the nodes of a model, or of several: nodes whose parts are equal share
/// them. Any thread.
struct SharedParts {
  PairCache pairs;
  LayerValuesPool weights;
};

}  // namespace nputwin
