#include "kernels/copy/nd_copy.h"

#include <algorithm>
#include <cstring>

#include "kernels/copy/copy_run.h"

namespace nputwin {

std::vector<std::int64_t> dense_strides(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
  return strides;
}

NdCopy::NdCopy(const Shape& extents, std::vector<std::int64_t> from_strides, std::vector<std::int64_t> to_strides,
               std::int64_t from_offset, std::int64_t to_offset, std::size_t element_bytes)
    : run_bytes_(element_bytes), empty_(element_count(extents).value_or(0) == 0) {
  const auto bytes = static_cast<std::int64_t>(element_bytes);
  from_offset_ = from_offset * bytes;
  to_offset_ = to_offset * bytes;
  for (std::size_t d = 0; d < extents.size(); ++d) {
    if (extents[d] == 1) continue;
    const Dimension next{extents[d], from_strides[d] * bytes, to_strides[d] * bytes};
    if (!dimensions_.empty() && dimensions_.back().from == next.from * next.extent &&
        dimensions_.back().to == next.to * next.extent) {
      dimensions_.back() = {dimensions_.back().extent * next.extent, next.from, next.to};
    } else {
      dimensions_.push_back(next);
    }
  }
  if (!dimensions_.empty() && dimensions_.back().from == bytes && dimensions_.back().to == bytes) {
    run_bytes_ *= static_cast<std::size_t>(dimensions_.back().extent);
    dimensions_.pop_back();
  }
}

bool NdCopy::use(TransposeBytes transpose) {
  if (empty_ || run_bytes_ != 1 || dimensions_.size() < 2) return false;
  const Dimension columns = dimensions_.back();
  // The other dimension of the matrix may be any: in which order the elements are copied does not matter.
  const auto rows = std::find_if(dimensions_.begin(), dimensions_.end() - 1,
                                 [](const Dimension& d) { return d.from == 1 && d.extent >= kTransposeBlock; });
  if (rows == dimensions_.end() - 1 || columns.to != 1 || columns.extent < kTransposeBlock) return false;
  std::rotate(rows, rows + 1, dimensions_.end() - 1);
  transpose_ = transpose;
  return true;
}

void NdCopy::run(const std::byte* from, std::byte* to) const {
  if (!empty_) run(0, from + from_offset_, to + to_offset_);
}

void NdCopy::run(std::size_t dimension, const std::byte* from, std::byte* to) const {
  if (dimension == dimensions_.size()) {
    std::memcpy(to, from, run_bytes_);
    return;
  }
  const Dimension& d = dimensions_[dimension];
  if (transpose_ != nullptr && dimension + 2 == dimensions_.size()) {
    const Dimension& columns = dimensions_.back();
    return transpose_(from, columns.from, to, d.to, d.extent, columns.extent);
  }
  if (dimension + 1 == dimensions_.size() && run_bytes_ == 1) {
    for (std::int64_t i = 0; i < d.extent; ++i) to[i * d.to] = from[i * d.from];
    return;
  }
  if (dimension + 1 == dimensions_.size()) {
    for (std::int64_t i = 0; i < d.extent; ++i) copy_run(to + i * d.to, from + i * d.from, run_bytes_);
    return;
  }
  for (std::int64_t i = 0; i < d.extent; ++i) run(dimension + 1, from + i * d.from, to + i * d.to);
}

}  // namespace nputwin
