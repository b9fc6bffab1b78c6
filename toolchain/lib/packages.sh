# Debian packages from the lists in toolchain/packages, installed only where something is missing. Sourced after say.sh.
package_lists=$(dirname "${BASH_SOURCE[0]}")/../packages

# ensure_packages LIST...: every need of the lists is met, by what is there or by apt.
ensure_packages() {
  local missing
  command -v dpkg-query >/dev/null || die "this is not a Debian system: install what toolchain/packages/*.txt name by hand"
  mapfile -t missing < <(unmet_needs "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  install_needs "${missing[@]}"
}

# The lines of the lists that no installed package meets.
unmet_needs() {
  local list line
  for list in "$@"; do
    while IFS= read -r line; do
      need_met "$line" || printf '%s\n' "$line"
    done < <(sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$package_lists/$list.txt")
  done
}

need_met() {
  any_alternative "$1" installed_version
}

# any_alternative "a >= 1 | b" LOOKUP: true when LOOKUP finds one of them in a version that will do; leaves its name in $chosen.
any_alternative() {
  local alternative name relation minimum version
  while read -r name relation minimum; do
    version=$("$2" "$name")
    [ -n "$version" ] || continue
    if [ -z "$relation" ] || dpkg --compare-versions "$version" ge "$minimum"; then
      chosen=$name
      return 0
    fi
  done < <(tr '|' '\n' <<<"$1" | sed 's/^ *//')
  return 1
}

installed_version() {
  dpkg-query -W -f '${db:Status-Abbrev}${Version}\n' "$1" 2>/dev/null | sed -n 's/^ii *//p' | head -n 1
}

candidate_version() {
  [ "$1" != - ] || { echo 0; return; } # nothing can always be had
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p' | grep -v '^(none)$' || true
}

install_needs() {
  local need chosen names=() idle_services=()
  step "asking Debian's servers for their package lists" as_root apt-get -q update ||
    say "cannot fetch all package lists (no network?): trying with those this machine has"
  for need in "$@"; do
    any_alternative "$need" candidate_version || die "no package for '$need' in the lists apt has (no network, or not Debian 12 or 13?)"
    [ "$chosen" = - ] || names+=("$chosen")
  done
  [ ${#names[@]} -gt 0 ] || return 0
  mapfile -t idle_services < <(services_not_here_yet "${names[@]}")
  step "installing ${#names[@]} Debian packages (${names[*]})" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y --no-install-recommends install "${names[@]}" || die "apt-get could not install: ${names[*]} (no network?)"
  stop_new_services "${idle_services[@]}"
}

# Debian starts a service when it installs one. Perch's scripts start their own, so only one that was there before stays up.
services_not_here_yet() {
  local name
  for name in "$@"; do
    case $name in mosquitto | coturn) [ -n "$(installed_version "$name")" ] || printf '%s\n' "$name" ;; esac
  done
}

stop_new_services() {
  local service
  [ -d /run/systemd/system ] || return 0
  for service in "$@"; do
    as_root systemctl disable --quiet --now "$service.service" &&
      say "switched off the $service service that Debian started on installing it (systemctl enable --now $service brings it back)"
  done
  return 0
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "'$1' needs root: run this as root, or install sudo"
    return 1
  fi
}
