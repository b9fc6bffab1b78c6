# shellcheck shell=bash
# A Debian of another suite to build in: made once, then kept with all that builds have installed there. Sourced after say.sh.

# build_root SUITE: prints its folder.
build_root() {
  local base root=${XDG_CACHE_HOME:-$HOME/.cache}/perch/build-roots/$1
  if [ ! -d "$root" ]; then
    base=$(toolchain/chroot "$1" ca-certificates nodejs) || return
    mkdir -p "$(dirname "$root")"
    cp -a "$base" "$root.$$"
    mkdir "$root.$$/tree"
    mv "$root.$$" "$root"
  fi
  echo "$root"
}

# in_build_root SUITE COMMAND...: runs it there, in this tree, which is /tree there. Takes root. The viewer page is bundled
# outside: there is no npm.
in_build_root() {
  local root reason
  reason=$(toolchain/chroot --check 2>&1) || die "another suite takes a chroot: $reason"
  root=$(build_root "$1") || return
  shift
  cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount --propagation private \
    bash -c 'mount --rbind "$2" "$1/tree" && mount -t proc proc "$1/proc" && mount -t devpts -o ptmxmode=666 devpts "$1/dev/pts" &&
      shift 2 && exec chroot "$@"' in_build_root \
    "$root" "$PWD" "$root" /usr/bin/env -i --chdir=/tree PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 PERCH_BUILD_ROOT=yes \
    SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-}" CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" \
    ${CCACHE_DISABLE:+CCACHE_DISABLE=1} "$@"
}
