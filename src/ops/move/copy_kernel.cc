#include "ops/move/copy_kernel.h"

#include <algorithm>
#include <cstring>

namespace nputwin {

void CopyKernel::run(const RunContext& context) const {
  if (background_.size() == 1) {
    const auto bytes = context.outputs[0].bytes;
    std::memset(bytes.data(), static_cast<int>(background_[0]), bytes.size());
  } else if (!background_.empty()) {
    const auto bytes = context.outputs[0].bytes;
    for (std::size_t i = 0; i + background_.size() <= bytes.size(); i += background_.size()) {
      std::memcpy(bytes.data() + i, background_.data(), background_.size());
    }
  }
  for (const auto& part : parts_) {
    part.copy.run(context.inputs[part.input].bytes.data(), context.outputs[part.output].bytes.data());
  }
}

std::unique_ptr<Kernel> same_order_copy(const NodeView& node, std::size_t input) {
  const Shape& shape = node.input(input).shape;
  std::vector<CopyKernel::Part> parts;
  parts.push_back(
      {input, 0, NdCopy(shape, dense_strides(shape), dense_strides(shape), 0, 0, size_of(node.input(input).type))});
  return std::make_unique<CopyKernel>(std::move(parts));
}

}  // namespace nputwin
