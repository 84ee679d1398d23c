#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/enum_names.h"

namespace nputwin {

/// Who claims ops before a runtime's own kernels get them; session/placement/delegates.h says which ops. From kVx on:
/// releases of VeriSilicon's tflite-vx-delegate.
enum class Delegate : std::uint8_t {
  kNone,
  kXnnpack,
#define NPUTWIN_VX_RELEASE(enumerator, name, title, history) enumerator,
#include "profile/vx_releases.inc"
#undef NPUTWIN_VX_RELEASE
};

/// One release of tflite-vx-delegate.
struct VxRelease {
  std::string_view name;   ///< in placements
  std::string_view title;  ///< whose release it is
  int history;             ///< the day, as yyyymmdd, of the last commit of VeriSilicon's history that it has
};

/// In the order of Delegate, from kVx on.
inline constexpr auto kVxReleases = std::to_array<VxRelease>({
#define NPUTWIN_VX_RELEASE(enumerator, name, title, history) {name, title, history},
#include "profile/vx_releases.inc"
#undef NPUTWIN_VX_RELEASE
});

template <>
inline constexpr auto kEnumNames<Delegate> = [] {
  std::array<std::string_view, 2 + kVxReleases.size()> names = {"none", "xnnpack"};
  for (std::size_t i = 0; i < kVxReleases.size(); ++i) names[2 + i] = kVxReleases[i].name;
  return names;
}();

/// The release; null for other delegates.
[[nodiscard]] constexpr const VxRelease* vx_release(Delegate delegate) {
  return delegate < Delegate::kVx ? nullptr : &kVxReleases[static_cast<std::size_t>(delegate) - 2];
}

/// An op that XNNPACK claims, and for which types of its inputs and outputs that are not constant; indices, shapes and
/// conditions do not count.
struct DelegatedOp {
  std::string op;
  bool float32 = false, int8 = false, uint8 = false;
};

/// Which nodes of those ops XNNPACK takes; versions of the delegate check differently. Each takes less than the one
/// before it.
enum class DelegateChecks : std::uint8_t {
  kNow,
  /// LiteRT until 2.1.0, TensorFlow 2.21: FULLY_CONNECTED by weights of 4 bits only with a scale for each channel.
  kUntilLitert21,
  /// TensorFlow until 2.19: not by weights of 4 bits.
  kUntil219,
  /// TensorFlow until 2.17: MEAN only over axes 1 and 2, named so, of rank 4; TRANSPOSE_CONV only by weights of one
  /// scale.
  kUntil217,
  /// TensorFlow until 2.15: FULLY_CONNECTED only by weights of one scale; where it cannot make a node that it has
  /// taken, the whole model runs without it.
  kUntil215,
};

}  // namespace nputwin
