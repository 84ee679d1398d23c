# The compile flags, set here alone. Floating point must mean the same everywhere: no contraction into FMA, no fast-math
# (tests/base/flags_test.cc proves both).
add_library(nputwin_flags INTERFACE)
target_compile_options(nputwin_flags INTERFACE -ffp-contract=off -fno-fast-math -Wall -Wextra -Wpedantic -Wshadow
                       -Wno-psabi)

# How far the code is optimized. The time of a model goes to kernels and mac, then to the rooms that touch every element; the
# others run once a call or a layer, and their code is most of what a compiler reads. The tests are built as those are: -O1 in a
# release, -O0 under sanitizers (CMakePresets.json).
set(CMAKE_CXX_FLAGS_RELEASE "-O1 -DNDEBUG")
if(NPUTWIN_SANITIZE)
  set(NPUTWIN_LEVEL_OF_LOOPS -O2) # clang takes as long for -O1
  set(NPUTWIN_LEVEL_OF_ELEMENTS -O2)
else()
  set(NPUTWIN_LEVEL_OF_LOOPS $<$<CONFIG:Release>:-O3>)
  set(NPUTWIN_LEVEL_OF_ELEMENTS "$<$<CONFIG:Release>:-O2;$<$<CXX_COMPILER_ID:GNU>:-fvect-cost-model=dynamic>>") # vectors as at -O3
endif()
function(nputwin_optimize) # sources
  foreach(source IN LISTS ARGN)
    set(level)
    if(source MATCHES "(src|UnifiedSource)/(kernels|mac)[/_]")
      set(level "${NPUTWIN_LEVEL_OF_LOOPS}")
    elseif(source MATCHES "(src|UnifiedSource)/(fixed|ops|analysis)[/_]")
      set(level "${NPUTWIN_LEVEL_OF_ELEMENTS}")
    endif()
    # AddressSanitizer sees what pointers read, though not how they are aligned. With a check at each pointer beside it clang takes
    # more than ten minutes for a unit of vectors.
    if(NPUTWIN_SANITIZE MATCHES "address.*undefined" AND source MATCHES "_simd(_[0-9]+)?\\.cc$")
      list(APPEND level -fno-sanitize=null,alignment,object-size,pointer-overflow)
    endif()
    if(level) # a precompiled header serves one level only
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${level}" SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
endfunction()

# gcc collects its garbage less often: a tenth of its time, for a few hundred megabytes.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(nputwin_flags INTERFACE --param=ggc-min-expand=400 --param=ggc-min-heapsize=500000)
endif()

if(NPUTWIN_SANITIZE)
  target_compile_definitions(nputwin_flags INTERFACE NPUTWIN_SANITIZED)
  target_compile_options(nputwin_flags INTERFACE -fsanitize=${NPUTWIN_SANITIZE} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  target_link_options(nputwin_flags INTERFACE -fsanitize=${NPUTWIN_SANITIZE})
endif()
