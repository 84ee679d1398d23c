#pragma once

#include <vector>

#include "profile/profile.h"

namespace nputwin {

// What TFLite's XNNPACK delegate claims, by version: the checks of its Visit… functions in xnnpack_delegate.cc.

/// tflite-runtime 2.9.1 to 2.14: XNNPACK takes ops of binary32 alone, the runtime's own kernels all others.
Profile with_xnnpack_for_binary32(Profile own_kernels);

/// TensorFlow 2.21, LiteRT 2.1 to 2.3.
std::vector<DelegatedOp> xnnpack_ops();

/// TensorFlow 2.19, LiteRT 1.4: BATCH_MATMUL of binary32 alone.
std::vector<DelegatedOp> xnnpack_ops_until_2_19();

/// TensorFlow 2.13 to 2.17: without SUM.
std::vector<DelegatedOp> xnnpack_ops_until_2_17();

}  // namespace nputwin
