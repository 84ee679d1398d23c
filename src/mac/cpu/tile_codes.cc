#include "mac/cpu/tile_codes.h"

#include <algorithm>

namespace nputwin {

TileCodes::TileCodes(const LayerOutputs& to, const ProductKernels& kernels, int first_channel, int channels,
                     std::int64_t row_step)
    : to_(to), kernels_(kernels), first_channel_(first_channel) {
  for (std::size_t k = 0; k < to.epilogues.size() && count_ < kMost; ++k) {
    const GuardedCodes* codes = to.epilogues[k]->guarded();
    if (codes == nullptr || codes->wide) continue;
    epilogue_[count_] = k;
    blocks_[count_++] = {codes, first_channel, channels, nullptr, row_step * to.epilogues[k]->channels()};
  }
}

void TileCodes::move_to(std::int64_t row) {
  for (std::size_t b = 0; b < count_; ++b) {
    const std::size_t k = epilogue_[b];
    blocks_[b].out = to_.outputs[k].bytes.data() + row * to_.epilogues[k]->channels() + first_channel_;
  }
}

void TileCodes::finish(const SumBlock& sums, unsigned unknown) const {
  std::array<std::uint16_t, ProductKernels::kMostSums> found;
  std::size_t block = 0;
  for (std::size_t k = 0; k < to_.epilogues.size(); ++k) {
    const Epilogue& epilogue = *to_.epilogues[k];
    std::byte* out = to_.outputs[k].bytes.data();
    if (block == count_ || epilogue_[block] != k) {
      if (const GuardedCodes* codes = epilogue.guarded(); codes != nullptr && codes->wide) {
        finish_wide(sums, k, *codes);
      } else {
        epilogue.run(sums, out);
      }
      continue;
    }
    if ((unknown >> block & 1U) != 0) {
      CodeBlock part = blocks_[block];
      part.first_channel = sums.first_channel;
      part.channels = sums.channels;
      const int count = kernels_.unknown(sums.sums, sums.stride, sums.rows, part, found.data());
      epilogue.run_elements(sums, std::span(found).first(static_cast<std::size_t>(count)), out);
    }
    ++block;
  }
}

void TileCodes::finish_wide(const SumBlock& sums, std::size_t epilogue, const GuardedCodes& codes) const {
  std::array<std::uint16_t, ProductKernels::kMostSums> found;
  const Epilogue& e = *to_.epilogues[epilogue];
  std::byte* out = to_.outputs[epilogue].bytes.data();
  const std::int64_t element = sums.first_row * e.channels() + sums.first_channel;
  const CodeBlock block{&codes, sums.first_channel, sums.channels, out + element * 2, sums.row_step * e.channels() * 2};
  const int count = kernels_.wide_codes(sums.sums, sums.stride, sums.rows, block, found.data());
  e.run_elements(sums, std::span(found).first(static_cast<std::size_t>(count)), out);
}

}  // namespace nputwin
