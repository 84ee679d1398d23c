#pragma once

#include <vector>

#include "profile/profile.h"

namespace nputwin {

// What TFLite's XNNPACK delegate claims, by version: the checks of its Visit… functions in xnnpack_delegate.cc.

/// 2.9.1 and 2.14 as wheels: binary32 only.
std::vector<DelegatedOp> xnnpack_binary32_ops();

/// LiteRT 2.1 and 2.3.
std::vector<DelegatedOp> xnnpack_ops();

}  // namespace nputwin
