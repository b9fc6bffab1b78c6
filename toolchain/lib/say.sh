# How the scripts in toolchain/ speak: one prefix, progress lines, and a way out that names its reason. Sourced.
script_name=$(basename "$0")

say() { printf '%s: %s\n' "$script_name" "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# step WORDS COMMAND...: runs it with its output in a log, shows where it is every few seconds, shows the log's end on failure.
step() {
  local words=$1 log started=$SECONDS
  shift
  log=$(mktemp "${TMPDIR:-/tmp}/perch-step.XXXXXX")
  say "$words …"
  if "$@" </dev/null 2>&1 | tee "$log" | show_progress; then
    rm -f "$log"
    say "$words: done in $((SECONDS - started)) s"
    return 0
  fi
  tail -n "${STEP_TAIL:-25}" "$log" >&2
  rm -f "$log"
  return 1
}

# A line of the running command's own output now and then: enough to see that it lives, and at what.
show_progress() {
  local line last=$SECONDS
  while IFS= read -r line; do
    if ((SECONDS - last >= 5)) && [ -n "$line" ]; then
      printf '%s:   %.100s\n' "$script_name" "$line" >&2
      last=$SECONDS
    fi
  done
}
