#pragma once

#include <map>
#include <optional>
#include <vector>

#include "analysis/harden/bench.h"

namespace nputwin {

/// What it costs to give a group of tensors another scale, the cheapest first.
enum class Mover : std::uint8_t {
  kLayer,     ///< layers make it, whose weights take any scale
  kConstant,  ///< its codes follow
  kOp,        ///< one op makes it, for which its own output scale must be found again
  kSum,       ///< ADD or SUB, whose operands' scales are settled too, or several ops
};

/// Tensors that have one scale because ops only move codes from one to another.
class ScaleGroups {
 public:
  /// `change_io`: the main graph's inputs and outputs may get other scales; else those among `free` alone.
  ScaleGroups(HardenBench& bench, bool change_io, std::span<const int> free);

  [[nodiscard]] int of(int t) const { return group_[static_cast<std::size_t>(t)]; }
  [[nodiscard]] const std::vector<int>& members(int group) const { return members_.at(group); }
  [[nodiscard]] float scale(int group) const { return bench_.spec(members(group).front()).scale(); }
  [[nodiscard]] float scale_before(int group) const { return bench_.spec_before(members(group).front()).scale(); }

  /// Whose scale the format or the user fixes.
  [[nodiscard]] bool is_fixed(int group) const { return fixed_[static_cast<std::size_t>(group)]; }
  /// Gives a tensor's group the scale that it must have.
  void give(int t, float scale) {
    set_scale(of(t), scale);
    fix(t);
  }
  /// It stays as it is now.
  void settle(int group) { settled_[static_cast<std::size_t>(group)] = true; }
  /// Nothing: it cannot move.
  [[nodiscard]] std::optional<Mover> mover(int group) const;

  /// Gives all of a group another scale. Codes of constants among them follow.
  void set_scale(int group, float scale);

  /// Nodes that make a tensor of the group, but for those that only move codes.
  [[nodiscard]] std::vector<std::size_t> makers(int group) const;
  /// Whether nothing reads the group but this node, and ops that only move codes to it.
  [[nodiscard]] bool feeds_only(int group, std::size_t node) const;
  /// Nodes that read or make one, but for layers and those that only move codes.
  [[nodiscard]] std::vector<std::size_t> neighbours(int group) const;

  /// A layer with constant weights, whose weights' scales can follow those of its activations.
  [[nodiscard]] bool is_layer(std::size_t node) const { return layers_[node]; }

 private:
  void join(int a, int b);
  void fix(int t);
  void fix_moves_of_unequal_scales();

  HardenBench& bench_;
  std::vector<int> group_;  // by tensor
  std::vector<bool> fixed_, settled_;
  std::vector<bool> layers_;
  std::map<int, std::vector<int>> members_;
  std::map<int, std::size_t> maker_;                 // by tensor
  std::map<int, std::vector<std::size_t>> readers_;  // by tensor
};

}  // namespace nputwin
