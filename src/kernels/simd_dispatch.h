#pragma once

#include "kernels/isa.h"

// The end of a file that hwy/foreach_target.h compiles once for each instruction set: defines `Kernels function(const
// Isa&)`, which calls get_<function>() of that instruction set. Unlike HWY_DYNAMIC_DISPATCH it keeps no process-wide
// choice. Belongs under #if HWY_ONCE, outside of any namespace.
#define NPUTWIN_KERNELS_BY_ISA(Kernels, function)                   \
  namespace nputwin {                                               \
  HWY_EXPORT(get_##function);                                       \
  Kernels function(const Isa& isa) {                                \
    hwy::ChosenTarget chosen;                                       \
    chosen.Update(isa.target);                                      \
    return HWY_DISPATCH_TABLE(get_##function)[chosen.GetIndex()](); \
  }                                                                 \
  }  // namespace nputwin
