#pragma once

#include <functional>
#include <map>

#include "analysis/compare/layer_bound.h"
#include "analysis/prove/divergence.h"
#include "analysis/prove/prove.h"

namespace nputwin {

/// How far two sides of a model can be apart in every tensor that an op makes; `proof` is theirs. Interval arithmetic
/// takes the worst of all elements at once, so over many layers it reaches what the codes can be at all.
///
/// Variables begin alike, and are alike where every op is proven equal; else nothing is known of them.
///
/// `found`: how far apart a tensor's values were in a comparison; nothing where that is not known. The keys are
/// tensors.
[[nodiscard]] std::map<int, LayerBound> bounds_of(Session& a, Session& b, const Proof& proof,
                                                  const std::function<std::optional<Divergence>(int tensor)>& found);

}  // namespace nputwin
