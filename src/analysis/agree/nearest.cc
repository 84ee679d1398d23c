#include "analysis/agree/nearest.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace nputwin {
namespace {

bool nearer(const NearBuilds& a, const NearBuilds& b) {
  const auto key = [](const SideDistance& d) {
    return std::tuple(-d.least_sqnr_db().value_or(std::numeric_limits<double>::infinity()), d.output_mismatches(),
                      d.isolated_mismatches());
  };
  return key(a.distance) < key(b.distance);
}

}  // namespace

bool Nearest::any_near() const {
  if (builds.empty()) return false;
  const SideDistance &first = builds.front().distance, &last = builds.back().distance;
  if (first.output_mismatches() == 0) return true;
  const auto best = first.least_sqnr_db(), worst = last.least_sqnr_db();
  return best && worst && *best - *worst >= kNear;
}

std::vector<NearBuilds> rank_builds(std::span<const std::string> names, const DistanceSearch& search) {
  std::vector<NearBuilds> builds;
  std::vector<std::size_t> first;  // side of each
  for (std::size_t i = 0; i < names.size(); ++i) {
    const SideDistance& distance = search.result()[i];
    if (!distance.failed.empty()) continue;
    const auto same = std::ranges::find_if(first, [&](std::size_t side) {
      return search.equal(side, i) && search.result()[side].isolated == distance.isolated;
    });
    if (same != first.end()) {
      builds[static_cast<std::size_t>(same - first.begin())].profiles.push_back(names[i]);
      continue;
    }
    first.push_back(i);
    builds.push_back({{names[i]}, distance});
  }
  // Boards have AArch64: its builds are named first.
  for (NearBuilds& b : builds)
    std::ranges::stable_partition(b.profiles,
                                  [](const std::string& p) { return p.find("-arm64") != std::string::npos; });
  std::ranges::stable_sort(builds, nearer);
  return builds;
}

}  // namespace nputwin
