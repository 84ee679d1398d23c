#pragma once

#include "analysis/diff.h"
#include "io/capture.h"

namespace nputwin {

/// Compares what another implementation computed with the twin, op by op. A is the capture, B the session: alone, B's op runs
/// on the capture's inputs, or on B's own where the capture has none; end to end, B runs on its own. `inputs` are what the
/// capture was made from. Adds one sample to `result`, which begins empty. An output that the capture has in another shape or
/// type, or lacks without being partial, is an error.
[[nodiscard]] Status add_capture(Session& twin, const Capture& capture, std::span<const Tensor> inputs,
                                 DiffResult& result);

}  // namespace nputwin
