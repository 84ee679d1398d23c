#pragma once

#include "kernels/isa.h"

// A file that hwy/foreach_target.h compiles once for each instruction set begins by naming itself in
// HWY_TARGET_INCLUDE. Where it is part of a unit of several, the unit does that (NPUTWIN_SIMD_BATCH, in
// cmake/batches.cmake). It ends with this macro, under #if HWY_ONCE and outside of any namespace, which defines
// `Kernels function(const Isa&)`: a call of get_<function>() of that instruction set. Unlike HWY_DYNAMIC_DISPATCH it
// keeps no process-wide choice.
#define NPUTWIN_KERNELS_BY_ISA(Kernels, function)                   \
  namespace nputwin {                                               \
  HWY_EXPORT(get_##function);                                       \
  Kernels function(const Isa& isa) {                                \
    hwy::ChosenTarget chosen;                                       \
    chosen.Update(isa.target);                                      \
    return HWY_DISPATCH_TABLE(get_##function)[chosen.GetIndex()](); \
  }                                                                 \
  }  // namespace nputwin
