# The compile flags, set here alone. Floating point must mean the same everywhere: no contraction into FMA, no fast-math
# (tests/base/flags_test.cc proves both).
add_library(nputwin_flags INTERFACE)
target_compile_options(nputwin_flags INTERFACE -ffp-contract=off -fno-fast-math -Wall -Wextra -Wpedantic -Wshadow
                       -Wno-psabi)

# How far a release is optimized. The time of a model goes to kernels and mac; report, profile, sides and the command line run
# once a call, and their code is most of what a compiler reads.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
function(nputwin_optimize) # sources
  foreach(source IN LISTS ARGN)
    if(source MATCHES "(src|batches)/(kernels|mac)[/_]")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O3>)
    elseif(source MATCHES "(src|batches)/(report|profile|sides|api)[/_]")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O1>)
    endif()
  endforeach()
endfunction()

if(NPUTWIN_SANITIZE)
  target_compile_definitions(nputwin_flags INTERFACE NPUTWIN_SANITIZED)
  target_compile_options(nputwin_flags INTERFACE -fsanitize=${NPUTWIN_SANITIZE} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  target_link_options(nputwin_flags INTERFACE -fsanitize=${NPUTWIN_SANITIZE})
endif()
if(NPUTWIN_BUILD_FUZZERS)
  target_compile_options(nputwin_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
