# Every library that nputwin uses, with its reason. All come from packages of the distribution at build time
# (Debian 12 names in brackets; ./dev setup installs them); none is copied into the tree.

find_package(fmt 9 REQUIRED)             # messages and reports: typed formatting, fast [libfmt-dev]
find_package(hwy 1.0 REQUIRED)           # SIMD: one kernel text for every instruction set [libhwy-dev]
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)  # sha256, base64 [libssl-dev]
find_package(nlohmann_json 3.11 REQUIRED)           # JSON reports and hash files [nlohmann-json3-dev]
find_package(CLI11 2 REQUIRED)           # the command line [libcli11-dev]

find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)  # .npz files [libzip-dev]

# The .tflite format: verifier and reflection [libflatbuffers-dev], and its compiler [flatbuffers-compiler].
find_library(FLATBUFFERS_LIBRARY flatbuffers REQUIRED)
find_path(FLATBUFFERS_INCLUDE_DIR flatbuffers/flatbuffers.h REQUIRED)
find_program(FLATC flatc REQUIRED)

# PNG, JPEG and BMP [libstb-dev]
find_path(STB_INCLUDE_DIR stb/stb_image.h REQUIRED)
find_library(STB_LIBRARY stb REQUIRED)

# Headers alone, needed to compile; and libraries, which whoever links the static nputwin needs too.
set(NPUTWIN_COMPILE_LIBRARIES $<BUILD_INTERFACE:nlohmann_json::nlohmann_json> $<BUILD_INTERFACE:CLI11::CLI11>)
set(NPUTWIN_LINK_LIBRARIES fmt::fmt hwy::hwy OpenSSL::Crypto PkgConfig::LIBZIP ${FLATBUFFERS_LIBRARY} ${STB_LIBRARY})
# What our own programs use beside the library, whose sources they include.
set(NPUTWIN_PRIVATE_LIBRARIES fmt::fmt hwy::hwy nlohmann_json::nlohmann_json)

# Tests look for theirs [libgtest-dev] where they are built.
