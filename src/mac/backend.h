#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "mac/mac_kernel.h"

namespace nputwin {

/// A way to compute layers: one file defines it, one line in backends.inc lists it.
struct MacBackend {
  std::string_view name;
  /// Whether it is made for layers of that geometry. Where not, it is not one of the better ones that refused.
  bool (*is_for)(const Taps& taps);
  /// Why it does not take the layer, in words for people; empty: it does.
  std::string (*refuses)(const MacLayer& layer, const Machine& machine);
  std::unique_ptr<MacKernel> (*make)(MacLayer layer, Epilogue epilogue, const Machine& machine);
  bool scalar = false;  ///< uses no instruction set; each sum becomes a code by the definition
};

/// Those of backends.inc, best first. The last one is the definition, which takes every layer.
[[nodiscard]] std::span<const MacBackend* const> mac_backends();

/// The layer by the first of the backends that takes it.
[[nodiscard]] std::unique_ptr<MacKernel> make_mac_kernel(MacLayer layer, Epilogue epilogue, const Machine& machine,
                                                         std::span<const MacBackend* const> backends = mac_backends());

}  // namespace nputwin
