# The compile flags, set here alone. Floating point must mean the same everywhere: no contraction into FMA, no fast-math
# (tests/base/flags_test.cc proves both).
add_library(nputwin_flags INTERFACE)
target_compile_options(nputwin_flags INTERFACE -ffp-contract=off -fno-fast-math -Wall -Wextra -Wpedantic -Wshadow
                       -Wno-psabi)
if(NPUTWIN_SANITIZE)
  target_compile_definitions(nputwin_flags INTERFACE NPUTWIN_SANITIZED)
  target_compile_options(nputwin_flags INTERFACE -fsanitize=${NPUTWIN_SANITIZE} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  target_link_options(nputwin_flags INTERFACE -fsanitize=${NPUTWIN_SANITIZE})
endif()
if(NPUTWIN_BUILD_FUZZERS)
  target_compile_options(nputwin_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
