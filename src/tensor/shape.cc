#include "tensor/shape.h"

#include <fmt/ranges.h>

namespace nputwin {

std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

}  // namespace nputwin
