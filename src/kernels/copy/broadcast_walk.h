#pragma once

#include <cstdint>
#include <vector>

#include "tensor/shape.h"

namespace nputwin {

/// The output of an element-wise op on two inputs as runs along its innermost dimension; in a run each input
/// advances by one element or stands still.
class BroadcastWalk {
 public:
  BroadcastWalk() = default;
  BroadcastWalk(const Shape& out, const Shape& in_a, const Shape& in_b);

  [[nodiscard]] std::int64_t run() const { return extents_.back(); }
  [[nodiscard]] std::int64_t runs() const;
  /// How far each input advances in a run: 0 or 1.
  [[nodiscard]] std::int64_t step_a() const { return a_.back(); }
  [[nodiscard]] std::int64_t step_b() const { return b_.back(); }
  /// Where run number r starts in each input.
  [[nodiscard]] std::int64_t start_a(std::int64_t r) const { return start(r, a_); }
  [[nodiscard]] std::int64_t start_b(std::int64_t r) const { return start(r, b_); }

  /// Whether input a advances through all the output, and every run takes the same elements of b; and the other way.
  [[nodiscard]] bool repeats_b() const { return repeats(b_, a_); }
  [[nodiscard]] bool repeats_a() const { return repeats(a_, b_); }

  bool operator==(const BroadcastWalk&) const = default;

 private:
  [[nodiscard]] std::int64_t start(std::int64_t r, const std::vector<std::int64_t>& strides) const;

  [[nodiscard]] bool repeats(const std::vector<std::int64_t>& still, const std::vector<std::int64_t>& other) const {
    return extents_.size() == 2 && still[0] == 0 && still[1] == 1 && other[0] == extents_[1] && other[1] == 1;
  }

  std::vector<std::int64_t> extents_, a_, b_;  // outermost first; strides in elements
};

}  // namespace nputwin
