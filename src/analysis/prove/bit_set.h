#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace nputwin {

/// Numbers from 0 to below `size`.
class BitSet {
 public:
  explicit BitSet(std::int64_t size) : words_(static_cast<std::size_t>((size + kBits - 1) / kBits)), size_(size) {}

  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] bool has(std::int64_t n) const {
    return n >= 0 && n < size_ && (words_[static_cast<std::size_t>(n / kBits)] >> (n % kBits) & 1) != 0;
  }
  void add(std::int64_t n) { words_[static_cast<std::size_t>(n / kBits)] |= std::uint64_t{1} << (n % kBits); }

  /// Makes room for numbers below `size`.
  void grow(std::int64_t size) {
    size_ = std::max(size_, size);
    words_.resize(static_cast<std::size_t>((size_ + kBits - 1) / kBits));
  }
  /// The first of the neighbours up to `n` that are all in the set; n + 1 where n is not.
  [[nodiscard]] std::int64_t first_of_run_to(std::int64_t n) const {
    while (has(n)) --n;
    return n + 1;
  }

  /// Adds n + distance for each number n.
  void add_shifted(std::int64_t distance) {
    const auto words = static_cast<std::size_t>(distance / kBits);
    const int bits = static_cast<int>(distance % kBits);
    for (std::size_t i = words_.size(); i-- > words;) {  // from above: what is read has not been changed yet
      std::uint64_t moved = words_[i - words] << bits;
      if (bits != 0 && i > words) moved |= words_[i - words - 1] >> (kBits - bits);
      words_[i] |= moved;
    }
  }
  /// Adds n + step, n + 2 step ... n + times * step for each number n. step > 0.
  void add_multiples(std::int64_t step, std::int64_t times) {
    times = std::min(times, size_ / step);                 // no multiple beyond that has room
    for (std::int64_t chunk = 1; times > 0; chunk *= 2) {  // 1 + 2 + 4 + ... + the rest
      const std::int64_t taken = std::min(chunk, times);
      add_shifted(taken * step);
      times -= taken;
    }
  }

 private:
  static constexpr std::int64_t kBits = 64;
  std::vector<std::uint64_t> words_;
  std::int64_t size_;
};

}  // namespace nputwin
