#pragma once

#include <memory>

#include "kernels/definition.h"
#include "mac/mac_kernel.h"

namespace nputwin {

/// A layer's elements as functions of their exact sums. Elements of one channel and rule are one function; those whose
/// windows reach equally far into the padding have one sum.
[[nodiscard]] std::unique_ptr<Definition> mac_definition(const MacLayer& layer, const Epilogue& epilogue);

}  // namespace nputwin
