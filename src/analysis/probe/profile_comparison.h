#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analysis/compare/difference_stats.h"
#include "analysis/probe/sample_models.h"

namespace nputwin {

/// Where two profiles' parameters differ.
struct ParameterDifference {
  std::string path, a, b;
};

/// How often one op's outputs differ over random uses of it.
struct SampledDifference {
  const SampleOp* sample = nullptr;
  DifferenceStats stats;
  std::string refused;     ///< why a side does not compute the op, and which; empty: both do
  std::string unknown_to;  ///< the side that knows nothing of the op's family; then `refused` says so
};

struct ProfileComparison {
  std::string a, b;
  std::vector<ParameterDifference> parameters;
  std::vector<SampledDifference> sampled;

  [[nodiscard]] bool differs() const;
};

struct SamplingOptions {
  int models = 20;         ///< of each op
  std::uint64_t seed = 1;  ///< of everything random
};

/// `progress` is called with how many ops are done.
[[nodiscard]] ProfileComparison compare_profiles(const Profile& a, const Profile& b, const SamplingOptions& options,
                                                 const std::function<void(std::size_t)>& progress = {});

}  // namespace nputwin
