#!/usr/bin/env bash
# Installs the Debian 12 packages that Pilothouse is built and checked with. Packages that are there are left alone;
# when none is missing, apt-get is not called at all.
#
#   tools/install_debian_packages.sh build    compile, run
#   tools/install_debian_packages.sh test     also the shells whose completion is tested, the openssl command, a browser
#   tools/install_debian_packages.sh check    also clang-format and clang-tidy
#   tools/install_debian_packages.sh fuzz     also clang, for libFuzzer
set -euo pipefail

packages=(
  g++ cmake ninja-build ccache pkg-config
  libboost1.81-dev libcli11-dev libyaml-cpp-dev libsqlite3-dev libzstd-dev libxxhash-dev libre2-dev libssl-dev libgtest-dev
  zlib1g-dev libbz2-dev liblzma-dev
  libarchive-dev rapidjson-dev
  python3-dev python3-venv git ca-certificates
)
# The grammar that the auditor reads Python with, and what the pages are made with, come from npm; any npm will do, with
# a Node.js from 18 on.
command -v npm >/dev/null || packages+=(npm)
case "${1:-build}" in
  build) ;;
  test)
    packages+=(zsh fish openssl fonts-dejavu-core)
    command -v chromium >/dev/null || packages+=(chromium)
    ;;
  # Versions are part of the names: another clang formats and warns differently.
  check) packages+=(clang-format-14 clang-tidy-16 shellcheck) ;;
  fuzz) packages+=(clang-16 libclang-rt-16-dev) ;;
  *)
    echo "usage: $0 [build|test|check|fuzz]" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null; then
  echo "This is not a Debian system. Install the equivalents of these Debian 12 packages yourself, then run make with" >&2
  echo "SKIP_PACKAGES=1: ${packages[*]}" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing, and installing them needs root or sudo: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 "$@" </dev/null
}

echo "Installing Debian packages: ${missing[*]}"
if ! { apt update && apt install --yes --no-install-recommends "${missing[@]}"; }; then
  echo "apt-get could not install: ${missing[*]}. Pilothouse is built on Debian 12 (bookworm)." >&2
  exit 1
fi
