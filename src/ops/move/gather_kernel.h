#pragma once

#include <cstdint>
#include <vector>

#include "ops/op.h"

namespace nputwin {

/// Along each dimension of `in` its indices in their order: what a kernel below begins with that moves nothing.
[[nodiscard]] std::vector<std::vector<std::int64_t>> sources_in_order(const Shape& in);

/// A kernel that moves elements of input `input` to output 0: along each dimension d the output's index i takes
/// the input's index sources[d][i]. What mirroring, tiling, broadcasting and gathering amount to.
class GatherKernel final : public ComparableKernel<GatherKernel> {
 public:
  /// `sources`: one list for each dimension of `in`, each entry inside that dimension.
  GatherKernel(const Shape& in, std::vector<std::vector<std::int64_t>> sources, std::size_t element_bytes,
               std::size_t input = 0);

  void run(const RunContext& context) const override;
  [[nodiscard]] bool only_moves() const override { return true; }
  [[nodiscard]] auto parameters() const { return std::tie(offsets_, run_bytes_, input_); }

 private:
  std::byte* copy(std::size_t dimension, const std::byte* from, std::byte* to) const;

  struct Run {
    std::int64_t offset;
    std::size_t bytes;
  };
  std::vector<std::vector<std::int64_t>> offsets_;  // in bytes; of the dimensions that are no run
  std::vector<Run> runs_;                           // what the last of those gives
  std::size_t run_bytes_;
  std::size_t input_;
};

}  // namespace nputwin
