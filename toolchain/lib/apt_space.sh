# apt with lists, downloads and architecture of its own, beside the machine's. Sourced.
readonly debian_keys=/usr/share/keyrings/debian-archive-keyring.gpg

# Where this machine gets Debian from.
debian_mirror() {
  local found
  found=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
  [ -n "$found" ] || found=$(awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^https?:.*debian\/?$/) { print $i; exit } }' \
    /etc/apt/sources.list 2>/dev/null)
  [ -n "$found" ] || { echo "apt has no source of Debian: /etc/apt/sources.list and sources.list.d/debian.sources name none" >&2; return 1; }
  echo "$found"
}

# apt_space FOLDER SUITE ARCH [sources]: makes it; with "sources" for source packages. Nothing counts as installed there.
apt_space() {
  local folder=$1 suite=$2 arch=$3 kind=deb mirror
  [ "${4:-}" != sources ] || kind=deb-src
  mkdir -p "$folder/state/lists/partial" "$folder/cache/archives/partial"
  : > "$folder/status"
  mirror=$(debian_mirror) || return
  echo "$kind [signed-by=$debian_keys] $mirror $suite main" > "$folder/sources.list"
  cat > "$folder/apt.conf" <<TEXT
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::State "$folder/state";
Dir::State::status "$folder/status";
Dir::Cache "$folder/cache";
Dir::Etc::sourcelist "$folder/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
TEXT
}

# in_space FOLDER COMMAND...
in_space() {
  local folder=$1
  shift
  APT_CONFIG=$folder/apt.conf "$@"
}
