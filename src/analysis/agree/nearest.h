#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/agree/on_cpu.h"

namespace nputwin {

/// Builds that were equal to each other on everything.
struct NearBuilds {
  std::vector<std::string> profiles;
  SideDistance distance;
};

struct Nearest {
  std::shared_ptr<const Model> model;
  std::string to;
  std::vector<NearBuilds> builds;                            ///< nearest at the outputs first
  std::vector<std::pair<std::string, std::string>> refused;  ///< profiles that cannot run the model, and why
  std::size_t samples = 0;
  bool stopped = false;  ///< before all samples were run

  /// What the nearest build must take over from the chip, where that was asked for.
  struct TakenOver {
    std::string limit;  ///< that the outputs must keep
    OnCpu found;
    std::string command;  ///< that compares the build with the placement
  };
  std::optional<TakenOver> taken_over;

  /// The nearest build is worth choosing: it is equal, or its worst output has kNear dB more than the furthest build's.
  /// Less than that is chance: another set of inputs gives another order.
  static constexpr double kNear = 6;
  [[nodiscard]] bool any_near() const;
};

/// Puts sides of equal outcomes together, the nearest first: more dB at the furthest output, then fewer output values
/// that differ, then fewer isolated mismatches. `names`: one for each side of the search; those that failed are left
/// out.
[[nodiscard]] std::vector<NearBuilds> rank_builds(std::span<const std::string> names, const DistanceSearch& search);

}  // namespace nputwin
