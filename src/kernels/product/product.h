#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/isa.h"
#include "kernels/product/guarded.h"

namespace nputwin {

/// Where the sums of a tile, or of a run of depthwise outputs, become codes by one rule.
struct CodeBlock {
  const GuardedCodes* rule = nullptr;
  int first_channel = 0;  ///< of the tile, in `rule`
  int channels = 0;       ///< to be written
  std::byte* out = nullptr;
  std::ptrdiff_t step = 0;  ///< bytes from position to position
};

/// A tile: some neighbouring positions of the output times some channels.
///
///   sum[r][c] = bias[c] + factor[c] * window_sums[r] + sum over entries e, lanes' groups g of a[e][r][g] . w[e][g][c]
///
/// Each dot product is of the 32 bits that position r has at rows[e] + offset + r*step + 4*g. Sums are kept modulo
/// 2^32: exact where the whole sum fits.
struct ProductTile {
  const std::byte* const* rows = nullptr;  ///< one an entry
  std::ptrdiff_t offset = 0, step = 0;     ///< bytes
  int entries = 0, groups = 0;
  const std::byte* weights = nullptr;         ///< of the panel, as PackedWeights has them
  const std::int32_t* bias = nullptr;         ///< of the panel's channels
  const std::int32_t* window_sums = nullptr;  ///< one a position; null: no such term
  const std::int32_t* factor = nullptr;
  std::span<const CodeBlock> codes;
  std::int32_t* sums = nullptr;  ///< [positions][panel's channels]: written where `keep_sums` or a code is not known
  bool keep_sums = false;
};

/// Kernels of one instruction set and one arithmetic.
struct ProductKernels {
  static constexpr int kMostPositions = 12, kMostVectors = 8;
  static constexpr int kMostSums = 512;  ///< of a tile: 12 positions times 2 vectors, or 1 times 8, of 16 channels

  int lanes = 0;           ///< channels of a vector; 0: the instruction set has nothing for this arithmetic
  int group = 0;           ///< values whose products one lane sums up: 4 bytes, or 2 values of 16 bits
  int most_positions = 0;  ///< of a tile
  /// Computes a tile of a number of positions and vectors of channels. A bit of the result is set where `codes` of that
  /// index has a code that is not known. Null: there is no such tile.
  using Tile = unsigned (*)(const ProductTile& tile);
  Tile tiles[kMostVectors + 1][kMostPositions + 1] = {};
  static constexpr int kPanelVectors = 2;  ///< of tiles of several positions; one position has up to kMostVectors

  /// What is not known of such a block: writes position << 8 | channel for each, returns how many.
  int (*unknown)(const std::int32_t* sums, std::ptrdiff_t stride, int positions, const CodeBlock& block,
                 std::uint16_t* found) = nullptr;
  /// Codes of 16 bits from sums in memory, by a rule that is `wide`. Writes what is not known as `unknown` does, and
  /// returns how many.
  int (*wide_codes)(const std::int32_t* sums, std::ptrdiff_t stride, int positions, const CodeBlock& block,
                    std::uint16_t* found) = nullptr;
  /// Codes as rows hold them: bytes to be taken as unsigned, or 16 bits less the zero point. May read and write up to
  /// one vector (kVectorSlack) past the end.
  void (*fill_i8)(const std::int8_t* code, std::int64_t count, std::int32_t zero_point, std::byte* out) = nullptr;
  void (*fill_u8)(const std::uint8_t* code, std::int64_t count, std::int32_t zero_point, std::byte* out) = nullptr;
  /// The sums of the values of each of `pixels` that lie `step` bytes apart, of `depth` values.
  void (*sum_values)(const std::byte* values, std::int64_t pixels, std::ptrdiff_t step, int depth,
                     std::int32_t* sums) = nullptr;

  /// A value of a row, in bytes.
  [[nodiscard]] int value_bytes() const { return 4 / group; }
  [[nodiscard]] bool bytes() const { return group == 4; }
};

#define NPUTWIN_PRODUCT(name) [[nodiscard]] ProductKernels product_##name(const Isa& isa);
#include "kernels/product/kernels.inc"
#undef NPUTWIN_PRODUCT

/// How `count` positions are cut into tiles: calls f(first, positions). The last may begin before the one before it
/// ends: its outputs are made twice.
template <typename F>
void for_each_tile(const ProductKernels& kernels, int vectors, int count, F&& f) {
  const auto& tiles = kernels.tiles[vectors];
  for (int first = 0; first < count;) {
    const int left = count - first, tiles_left = (left + kernels.most_positions - 1) / kernels.most_positions;
    int size = (left + tiles_left - 1) / tiles_left;
    while (size < kernels.most_positions && tiles[size] == nullptr) ++size;
    if (size > count) {
      while (size > left || tiles[size] == nullptr) --size;
    }
    const int from = size > left ? count - size : first;
    f(from, size);
    first = from + size;
  }
}

/// Weights [channels][entries][run], zero points taken off, in the order in which tiles read them: panels of up to
/// `vectors` vectors of channels, and in each for each entry, for each group of neighbours in the run, for each
/// channel, the group's values as int8. What is missing is zero.
class PackedWeights {
 public:
  PackedWeights(std::span<const std::int16_t> weights, std::int64_t channels, int entries, std::int64_t run,
                const ProductKernels& kernels, int vectors);

  [[nodiscard]] int panels() const { return (channels_ + width_ - 1) / width_; }
  [[nodiscard]] int first_channel(int panel) const { return panel * width_; }
  [[nodiscard]] int channels(int panel) const { return std::min(width_, channels_ - panel * width_); }
  [[nodiscard]] int vectors(int panel) const { return (channels(panel) + lanes_ - 1) / lanes_; }
  [[nodiscard]] int groups() const { return groups_; }
  [[nodiscard]] int entries() const { return entries_; }
  /// Products that a sum adds up, padding aside.
  [[nodiscard]] std::int64_t depth() const { return depth_; }
  [[nodiscard]] const std::byte* data(int panel) const {
    return reinterpret_cast<const std::byte*>(lines_.data()) + offset(panel);
  }
  /// What was taken off each channel's weights so that int8 holds them, and what is left, summed up.
  [[nodiscard]] std::span<const std::int32_t> taken_off() const { return taken_off_; }
  [[nodiscard]] std::span<const std::int32_t> totals() const { return totals_; }

  /// Whether each channel's weights differ by no more than 255.
  [[nodiscard]] static bool fits(std::span<const std::int16_t> weights, std::int64_t channels);

 private:
  struct alignas(64) Line {  // a vector that crosses lines of the cache is read twice
    std::byte bytes[64];
  };
  [[nodiscard]] std::size_t offset(int panel) const {
    return static_cast<std::size_t>(first_channel(panel)) * static_cast<std::size_t>(entries_) *
           static_cast<std::size_t>(groups_ * group_);
  }

  int channels_, entries_, groups_, group_, lanes_, width_;
  std::int64_t depth_;
  std::vector<Line> lines_;
  std::vector<std::int32_t> taken_off_, totals_;
};

}  // namespace nputwin
