#!/bin/bash
# Unpacks the arm64 packages that nputwin is built from, for the cross build. Nothing is installed, no root is needed.
#   arm64_sysroot.sh DIR PACKAGE...
set -euo pipefail
dir=$(mkdir -p "$1" && cd "$1" && pwd)
shift
wanted="$*"
if [ "$(cat "$dir/packages" 2>/dev/null)" = "$wanted" ]; then exit 0; fi

# An apt of its own: another architecture, no package installed yet, the machine's mirrors and keys.
apt="$dir/apt"
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
: >"$apt/status"
options=(-o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User="$(id -un)"
  -o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache"
  -o APT::Install-Recommends=false -o Debug::NoLocking=true)
apt-get "${options[@]}" -qq update
apt-get "${options[@]}" -qq --download-only -y install "$@" >/dev/null
for deb in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$dir"; done

# Absolute links would lead out of the folder.
find "$dir" -type l -lname '/*' | while read -r link; do ln -snf "$dir$(readlink "$link")" "$link"; done
rm -rf "$apt"
printf '%s\n' "$wanted" >"$dir/packages"
