#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace nputwin {

/// What of a model is not run, where a part of it is.
struct NotRun {
  struct Op {
    std::size_t node = 0;  ///< of the main graph
    std::string op;
    /// Why it cannot run. Empty: it comes after the last op that was asked for, or it reads what an op of this list
    /// makes.
    std::string why;
    bool asked = false;  ///< it comes after the last op that was asked for

    bool operator==(const Op&) const = default;
  };
  std::vector<Op> ops;               ///< rising; empty: the whole model runs
  std::vector<std::string> lost;     ///< names of the model's outputs that nothing makes
  std::vector<std::string> instead;  ///< names of the tensors in which the part ends beside the outputs that are left

  bool operator==(const NotRun&) const = default;
  /// An op that was wanted is not run.
  [[nodiscard]] bool falls_short() const {
    return std::any_of(ops.begin(), ops.end(), [](const Op& op) { return !op.asked; });
  }
};

}  // namespace nputwin
