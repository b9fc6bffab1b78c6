# shellcheck shell=bash
# What is built for: an architecture and a suite of Debian, and how this machine does that. Sourced after say.sh and packages.sh.

own_arch() { dpkg --print-architecture; }
# shellcheck disable=SC1091
own_suite() { (. /etc/os-release && echo "$VERSION_CODENAME"); }

# way_to ARCH SUITE: "here", "cross" for another architecture, "chroot" for another suite.
way_to() {
  if [ "$2" != "$(own_suite)" ]; then
    echo chroot
  elif [ "$1" = "$(own_arch)" ]; then
    echo here
  else
    case $1 in arm64 | armhf) ;; *) die "programs for $1 cannot be made here: arm64, armhf or $(own_arch)" ;; esac
    echo cross
  fi
}

# configure_for ARCH SUITE slim|debian BUILD [SETTING...]: the release build, here or cross; leaves the folders of the slim libraries
# and of the sysroot in $target_deps and $target_sysroot, each empty where there is none.
configure_for() {
  local arch=$1 suite=$2 libraries=$3 build=$4 way settings=()
  shift 4
  way=$(way_to "$arch" "$suite")
  target_deps='' target_sysroot=''
  [ -z "${PERCH_BUILD_ROOT:-}" ] || ensure_packages root
  if [ "$way" = cross ]; then
    [ "$libraries" = slim ] || die "for other architectures only with slim libraries"
    ensure_packages build cross
    target_sysroot=$(toolchain/sysroot "$arch" "$suite") || return
    settings+=("-DCMAKE_TOOLCHAIN_FILE=$PWD/toolchain/cmake/cross-$arch.cmake" "-DPERCH_SYSROOT=$target_sysroot")
  else
    ensure_packages build
  fi
  if [ "$libraries" = slim ]; then
    target_deps=$(toolchain/deps "$arch" "$suite" ${target_sysroot:+"$target_sysroot"}) || return
  fi
  if command -v ccache >/dev/null && [ ! -f "$build/CMakeCache.txt" ]; then
    settings+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  step "configuring $build" cmake --preset release -B "$build" -DPERCH_DEPS="$target_deps" "${settings[@]}" "$@"
}
