#pragma once

#include <vector>

#include "profile/profile.h"

namespace nputwin {

// What TFLite's XNNPACK delegate claims, by version: the checks of its Visit… functions in xnnpack_delegate.cc.

/// 2.9.1 and 2.14 as wheels: binary32 only.
std::vector<DelegatedOp> xnnpack_binary32_ops();

/// TensorFlow 2.19 and newer, LiteRT 1.4 to 2.3.
std::vector<DelegatedOp> xnnpack_ops();

/// TensorFlow 2.13 to 2.17: without SUM.
std::vector<DelegatedOp> xnnpack_ops_until_2_17();

}  // namespace nputwin
