# shellcheck shell=bash
# How the package's tests say what holds. Sourced.

# check WORDS COMMAND...: the command succeeds.
check() {
  local words=$1
  shift
  if "$@"; then
    echo "ok: $words"
  else
    echo "FAILED: $words: $*"
    explain 2>&1 | tail -n 40
    exit 1
  fi
}

explain() { [ ! -d /run/systemd/system ] || journalctl --no-pager -n 40; }

# becomes SECONDS COMMAND...: the command succeeds before long.
becomes() {
  local end=$((SECONDS + $1))
  shift
  until "$@" 2>/dev/null; do
    [ "$SECONDS" -lt "$end" ] || return 1
    read -r -t 0.1 <> <(:) || true
  done
}

is() { [ "$1" = "$2" ] || { echo "  it is '$1', not '$2'"; return 1; }; }
not() { ! "$@"; }
mode_of() { stat -c '%a %U:%G' "$1"; }
