#include "command/version.h"

#include <fmt/format.h>

#include "commit.inc"
#include "kernels/isa.h"

namespace nputwin::command {
namespace {

std::string compiler() {
#ifdef __clang__
  return fmt::format("Clang {}.{}", __clang_major__, __clang_minor__);
#else
  return fmt::format("GCC {}.{}", __GNUC__, __GNUC_MINOR__);
#endif
}

constexpr const char* kProcessor =
#ifdef __x86_64__
    "x86-64";
#else
    "AArch64";
#endif

}  // namespace

std::string version_text() {
  return fmt::format("nputwin {} ({}, {}, {}, {} with {})", NPUTWIN_VERSION, kCommit, NPUTWIN_BUILD_TYPE, compiler(),
                     kProcessor, available_isas().front().name);
}

}  // namespace nputwin::command
