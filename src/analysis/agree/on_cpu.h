#pragma once

#include <functional>
#include <vector>

#include "analysis/agree/distance.h"
#include "base/callbacks.h"
#include "sides/input_source.h"

namespace nputwin {

/// A choice of a chip's ops that its CPU runs in its place.
struct OpsOnCpu {
  std::vector<std::size_t> nodes;        ///< rising
  std::vector<DifferenceStats> outputs;  ///< of the model; A is the CPU alone
};

/// The fewest ops of a chip that were found to bring the model's outputs near enough to the CPU's.
struct OnCpu {
  std::vector<std::size_t> differing;   ///< ops of the chip that differ in isolation, on the CPU's inputs
  std::vector<DifferenceStats> before;  ///< the model's outputs where none of them is moved
  OpsOnCpu moved;                       ///< none, where `before` is near enough
  std::int64_t products = 0;            ///< of the chip's multiply-accumulate layers, for one input
  std::int64_t moved_products = 0;      ///< of the ops that are moved
  bool stopped = false;  ///< before the search came to its end; `moved` is the best so far, if there is any
};

/// Whether outputs are near enough.
using NearEnough = std::function<bool(std::span<const DifferenceStats> outputs)>;

/// Only ops that differ in isolation are of use on the CPU: with all of them there the outputs are equal. Each is tried
/// on the chip alone; then the ones that do most harm are moved until the outputs are near enough, and those that turn
/// out not to be needed go back, one by one. That need not be the fewest there are.
///
/// `cpu` and `placed`, the chip with that CPU, run one model and outlive this. `near_enough` holds for equal outputs.
[[nodiscard]] Result<OnCpu> search_on_cpu(Session& cpu, Session& placed, const InputSet& inputs,
                                          const NearEnough& near_enough, const Callbacks& callbacks = {});

}  // namespace nputwin
