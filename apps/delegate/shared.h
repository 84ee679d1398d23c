#pragma once

#include <memory>

#include "comparison.h"
#include "options.h"
#include "trace.h"

namespace nputwin::delegate {

/// What a delegate and all kernels of its partitions share. A runtime may free kernels after the delegate.
struct Shared {
  Options options;
  std::unique_ptr<Trace> trace;            ///< null: not asked for
  std::unique_ptr<Comparison> comparison;  ///< null: not asked for
};

}  // namespace nputwin::delegate
