#pragma once

#include <span>
#include <vector>

#include "kernels/product/product.h"

namespace nputwin::test {

/// What a tile without products makes of sums: one row of codes, and which of them it leaves open.
struct CodesOfSums {
  std::vector<std::byte> codes;
  std::vector<bool> unknown;

  [[nodiscard]] int code(std::size_t at, DType type) const {
    if (type == DType::kInt16) return reinterpret_cast<const std::int16_t*>(codes.data())[at];
    const int byte = std::to_integer<int>(codes[at]);
    return type == DType::kUInt8 ? byte : static_cast<std::int8_t>(byte);
  }
};

/// `sums`: one for each channel of `rule`, from channel `first` on.
inline CodesOfSums codes_of_sums(const ProductKernels& kernels, const GuardedCodes& rule, int first,
                                 std::span<const std::int32_t> sums) {
  const int channels = static_cast<int>(sums.size()), width = ProductKernels::kMostVectors * kernels.lanes;
  CodesOfSums result;
  result.codes.resize(sums.size() * (rule.wide ? 2 : 1));
  result.unknown.resize(sums.size());
  std::vector<std::int32_t> bias(sums.begin(), sums.end()), kept(static_cast<std::size_t>(width));
  bias.resize(bias.size() + static_cast<std::size_t>(width));
  std::vector<std::uint16_t> found(static_cast<std::size_t>(width));
  for (int c = 0; c < channels; c += width) {
    const int some = std::min(width, channels - c), vectors = (some + kernels.lanes - 1) / kernels.lanes;
    const CodeBlock block{&rule, first + c, some, result.codes.data() + c * (rule.wide ? 2 : 1), 0};
    int count = 0;
    ProductTile tile;
    tile.bias = bias.data() + c;
    tile.codes = {&block, 1};
    tile.sums = kept.data();
    if (rule.wide) {
      count = kernels.wide_codes(tile.bias, 0, 1, block, found.data());
    } else if (kernels.tiles[vectors][1](tile) != 0) {
      count = kernels.unknown(kept.data(), 0, 1, block, found.data());
    }
    for (const std::uint16_t at : std::span(found).first(static_cast<std::size_t>(count)))
      result.unknown[static_cast<std::size_t>(c + (at & 0xFF))] = true;
  }
  return result;
}

}  // namespace nputwin::test
