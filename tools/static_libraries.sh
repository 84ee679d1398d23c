#!/bin/bash
# Builds the libraries that the distribution has only as shared ones as archives, from its own source packages: what is
# installed on old systems must not need them. Nothing is installed, no root is needed.
#   static_libraries.sh DIR [TOOLCHAIN_FILE]
set -euo pipefail
dir=$(mkdir -p "$1" && cd "$1" && pwd)
toolchain=(${2:+"-DCMAKE_TOOLCHAIN_FILE=$(realpath "$2")"})
if [ -e "$dir/built" ]; then exit 0; fi

# An apt of its own, which knows the machine's mirrors as sources of source packages.
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/parts" "$apt/sources"
: >"$apt/status"
mirrors=/etc/apt/sources.list.d/debian.sources
if [ -f $mirrors ]; then
  sed 's/^Types:.*/Types: deb-src/' $mirrors >"$apt/parts/source.sources"
else
  sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$apt/parts/source.list"
fi
options=(-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt/parts" -o Dir::State="$apt/state"
  -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=true)
apt-get "${options[@]}" -qq update
(cd "$apt/sources" && apt-get "${options[@]}" -qq source fmtlib highway libzip >/dev/null)

build() { # source package, the target, CMake options
  local package=$1 target=$2 log=$apt/$1.log
  shift 2
  { cmake -Wno-dev -S "$(echo "$apt/sources/$package"-*/)" -B "$apt/build/$package" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON "${toolchain[@]}" "$@" &&
    cmake --build "$apt/build/$package" --target "$target"; } >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
  find "$apt/build/$package" -name "lib$target.a" -exec cp {} "$dir/" \;
}
build fmtlib fmt -DFMT_TEST=OFF -DFMT_DOC=OFF
build highway hwy -DHWY_ENABLE_TESTS=OFF -DHWY_ENABLE_EXAMPLES=OFF -DHWY_ENABLE_CONTRIB=OFF
# Of compressions, .npz files have deflate alone; nothing is encrypted. arc4random is younger than glibc 2.28.
zip_without=(-DHAVE_ARC4RANDOM=OFF)
for part in COMMONCRYPTO GNUTLS MBEDTLS OPENSSL WINDOWS_CRYPTO BZIP2 LZMA ZSTD; do zip_without+=("-DENABLE_$part=OFF"); done
for part in TOOLS REGRESS EXAMPLES DOC; do zip_without+=("-DBUILD_$part=OFF"); done
build libzip zip "${zip_without[@]}"
touch "$dir/built"
