#include "mac/layer_values.h"

#include "kernels/product/product.h"

namespace nputwin {

std::shared_ptr<const PackedWeights> LayerValues::packed(Packing packing, const ProductKernels& kernels) const {
  packing.lanes = kernels.lanes;
  packing.group = kernels.group;
  const std::lock_guard lock(shared_->mutex);
  for (const auto& [how, made] : shared_->packed) {
    if (how == packing) return made;
  }
  const auto count = static_cast<std::size_t>(packing.channels * packing.entries * packing.run);
  auto made = std::make_shared<const PackedWeights>(all().subspan(packing.first, count), packing.channels,
                                                    packing.entries, packing.run, kernels, packing.vectors);
  return shared_->packed.emplace_back(packing, std::move(made)).second;
}

LayerValues LayerValuesPool::share(std::vector<std::int16_t> values) {
  const std::lock_guard lock(mutex_);
  std::erase_if(all_, [](const auto& other) { return other.expired(); });
  for (const auto& other : all_) {
    if (auto shared = other.lock(); shared != nullptr && shared->values == values)
      return LayerValues(std::move(shared));
  }
  LayerValues made(std::move(values));
  all_.push_back(made.shared_);
  return made;
}

}  // namespace nputwin
