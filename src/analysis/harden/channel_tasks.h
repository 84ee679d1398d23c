#pragma once

#include <vector>

#include "analysis/harden/layer.h"

namespace nputwin {

/// The channels of a layer, as they are to be changed by its rules. `rules` outlives them.
[[nodiscard]] std::vector<ChannelTask> channel_tasks(const LayerTask& task, const LayerRules& rules);

}  // namespace nputwin
