#include "command/version.h"

#include <flatbuffers/base.h>
#include <fmt/format.h>
#include <nputwin/nputwin.h>
#include <openssl/opensslv.h>
#include <zipconf.h>

#include <CLI/Version.hpp>
#include <nlohmann/detail/abi_macros.hpp>

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

std::string parts_text() {
  constexpr int kMajor = 10000, kMinor = 100;  // of fmt's number
  return fmt::format(
      "interface {}; fmt {}.{}.{}, Highway {}, libzip {}, FlatBuffers {}.{}.{}, OpenSSL {}, nlohmann-json {}.{}.{}, "
      "CLI11 {}",
      NPUTWIN_API_VERSION, FMT_VERSION / kMajor, FMT_VERSION / kMinor % kMinor, FMT_VERSION % kMinor,
      vector_library_version(), LIBZIP_VERSION, FLATBUFFERS_VERSION_MAJOR, FLATBUFFERS_VERSION_MINOR,
      FLATBUFFERS_VERSION_REVISION, OPENSSL_VERSION_STR, NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
      NLOHMANN_JSON_VERSION_PATCH, CLI11_VERSION);
}

}  // namespace nputwin::command
