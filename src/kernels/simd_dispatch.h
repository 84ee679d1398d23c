#pragma once

// For files that are compiled once for each instruction set by hwy/foreach_target.h: the entry of a
// HWY_EXPORT table that belongs to `isa`. Unlike HWY_DYNAMIC_DISPATCH it keeps no process-wide choice.
#define NPUTWIN_DISPATCH(function, isa)                             \
  [](std::int64_t nputwin_target) {                                 \
    hwy::ChosenTarget nputwin_chosen;                               \
    nputwin_chosen.Update(nputwin_target);                          \
    return HWY_DISPATCH_TABLE(function)[nputwin_chosen.GetIndex()]; \
  }((isa).target)
