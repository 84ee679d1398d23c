#include "ops/move/gather_kernel.h"

#include <numeric>

#include "kernels/copy/copy_run.h"
#include "kernels/copy/nd_copy.h"

namespace nputwin {

std::vector<std::vector<std::int64_t>> sources_in_order(const Shape& in) {
  std::vector<std::vector<std::int64_t>> sources;
  for (const auto size : in) {
    sources.emplace_back(static_cast<std::size_t>(size));
    std::iota(sources.back().begin(), sources.back().end(), 0);
  }
  return sources;
}

GatherKernel::GatherKernel(const Shape& in, std::vector<std::vector<std::int64_t>> sources, std::size_t element_bytes,
                           std::size_t input)
    : offsets_(std::move(sources)), run_bytes_(element_bytes), input_(input) {
  const auto strides = dense_strides(in);
  const auto whole = [&](std::size_t d) {
    if (static_cast<std::int32_t>(offsets_[d].size()) != in[d]) return false;
    for (std::size_t i = 0; i < offsets_[d].size(); ++i) {
      if (offsets_[d][i] != static_cast<std::int64_t>(i)) return false;
    }
    return true;
  };
  while (!offsets_.empty() && whole(offsets_.size() - 1)) {
    run_bytes_ *= offsets_.back().size();
    offsets_.pop_back();
  }
  for (std::size_t d = 0; d < offsets_.size(); ++d) {
    for (auto& o : offsets_[d]) o *= strides[d] * static_cast<std::int64_t>(element_bytes);
  }
  // Neighbours of the innermost dimension that stay neighbours are one run.
  if (offsets_.empty()) runs_.push_back({0, run_bytes_});
  for (std::size_t i = 0; !offsets_.empty() && i < offsets_.back().size(); ++i) {
    const std::int64_t offset = offsets_.back()[i];
    if (!runs_.empty() && offset == runs_.back().offset + static_cast<std::int64_t>(runs_.back().bytes)) {
      runs_.back().bytes += run_bytes_;
    } else {
      runs_.push_back({offset, run_bytes_});
    }
  }
}

void GatherKernel::run(const RunContext& context) const {
  if (run_bytes_ > 0) copy(0, context.inputs[input_].bytes.data(), context.outputs[0].bytes.data());
}

std::byte* GatherKernel::copy(std::size_t dimension, const std::byte* from, std::byte* to) const {
  if (dimension + 1 >= offsets_.size()) {
    for (const Run& run : runs_) {
      copy_run(to, from + run.offset, run.bytes);
      to += run.bytes;
    }
    return to;
  }
  for (const std::int64_t offset : offsets_[dimension]) to = copy(dimension + 1, from + offset, to);
  return to;
}

}  // namespace nputwin
