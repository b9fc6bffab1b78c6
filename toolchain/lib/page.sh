# Node, the viewer page and the browser harness: fetched and bundled only when their sources changed. Sourced after packages.sh.
readonly oldest_node=18

ensure_node() {
  node_is_new_enough || ensure_packages page
  node_is_new_enough || die "node $(node --version 2>/dev/null || echo '(none)') is too old: the page needs $oldest_node or later"
}

# The package list to install for node: none where a good one is there already, from wherever.
node_list() { node_is_new_enough || echo page; }

node_is_new_enough() {
  command -v node >/dev/null && command -v npm >/dev/null || return 1
  [ "$(node --print 'process.versions.node.split(".")[0]')" -ge "$oldest_node" ]
}

# fetch_modules FOLDER: node_modules exactly as the lock file says.
fetch_modules() {
  local folder=$1 stamp=$1/node_modules/.perch-lock
  cmp -s "$folder/package-lock.json" "$stamp" && return 0
  step "fetching the npm packages of $folder" npm --prefix "$folder" ci --ignore-scripts --no-audit --no-fund ||
    die "npm could not fetch the packages of $folder (no network?)"
  cp "$folder/package-lock.json" "$stamp"
}

# esbuild's own install script only checks the binary npm already placed: hence --ignore-scripts above.
build_page() {
  fetch_modules signaling/viewer
  step "bundling the viewer page" npm --prefix signaling/viewer run build || die "the viewer page does not build"
}
