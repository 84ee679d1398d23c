#pragma once

#include <optional>
#include <span>

#include "session/node_runner.h"

namespace nputwin {

/// An element of one of a node's inputs.
struct MovedFrom {
  std::size_t input;
  std::int64_t element;
};

/// Where an op that only moves values took one element of output `k` from. Nothing where it is a value of the op's own,
/// as padding is, or where the op computes. Runs the node on numbered elements.
[[nodiscard]] std::optional<MovedFrom> moved_from(NodeRunner& runner, std::span<const TensorView> inputs, std::size_t k,
                                                  std::int64_t element);

}  // namespace nputwin
