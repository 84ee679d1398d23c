#pragma once

#include <map>
#include <string>

#include "tensor/tensor.h"

namespace nputwin {

/// Named tensors: a run of the twin, of a real runtime, a board's dump. Whoever compares never asks where
/// they came from.
using TensorSet = std::map<std::string, Tensor>;

}  // namespace nputwin
