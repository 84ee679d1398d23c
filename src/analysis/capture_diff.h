#pragma once

#include "analysis/diff.h"
#include "io/runtime_capture.h"

namespace nputwin {

/// Compares what another implementation computed with the twin, op by op. A is the capture, B the session: alone, B's op runs
/// on the capture's inputs; end to end, B runs on its own. `inputs` are what the capture was made from. A node whose output
/// the capture lacks or has in another shape or type is an error.
[[nodiscard]] Result<DiffResult> diff_with_capture(Session& twin, const Capture& capture,
                                                   std::span<const Tensor> inputs);

}  // namespace nputwin
