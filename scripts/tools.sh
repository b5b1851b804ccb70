# Sourced by the scripts beside it: where tools are kept, and how packages are installed.

# Python tools live beside the build, so that nothing outside the checkout changes.
# shellcheck disable=SC2034 # read by the scripts that source this file
validators="${CARGO_TARGET_DIR:-target}/tools/python"

# Makes git-cliff, just and check-jsonschema callable, in the versions with which the pipeline is known to work.
install_pipeline_tools() {
  local tools="${CARGO_TARGET_DIR:-$PWD/target}/tools/pipeline" wanted="git-cliff==2.14.2 rust-just==1.59.0 check-jsonschema==0.39.0"
  if [ "$(cat "$tools/installed" 2>/dev/null)" != "$wanted" ]; then
    python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages python3-venv python3 python3
    python3 -m venv "$tools"
    # shellcheck disable=SC2086 # several packages
    "$tools/bin/pip" install --quiet --disable-pip-version-check $wanted
    echo "$wanted" > "$tools/installed"
  fi
  export PATH="$tools/bin:$PATH"
}

# Prints the folder of the binaries that are built without optimisation. DEBUG_BINARIES names it where tests have made them
# just now: features of tests make cargo build everything once more for anything else.
debug_binaries() {
  if [ -z "${DEBUG_BINARIES:-}" ]; then
    cargo build --quiet --locked --package tweetty --package tweetty-cluster >&2
  fi
  realpath "${DEBUG_BINARIES:-${CARGO_TARGET_DIR:-target}/debug}"
}

# start_cluster FOLDER [OPTION …]: starts a throw-away PostgreSQL that ends once file descriptor 9 is closed, with the
# script at the latest, and puts its address into `cluster`. What is started later must not inherit that descriptor.
start_cluster() {
  mkfifo "$1/life" "$1/address"
  "$(debug_binaries)/tweetty-cluster" "${@:2}" <"$1/life" >"$1/address" &
  exec 9>"$1/life"
  read -r cluster <"$1/address"
}

# install_cargo_tool NAME VERSION: makes the subcommand of cargo callable; one that is there already is good enough.
install_cargo_tool() {
  local root="${CARGO_TARGET_DIR:-$PWD/target}/tools/cargo"
  export PATH="$PATH:$root/bin"
  command -v "$1" >/dev/null || cargo install --quiet --locked --root "$root" --version "$2" "$1"
}

# Names llvm-cov and llvm-profdata of the LLVM that rustc is made with: rustup's, else those of the distribution.
install_llvm_tools() {
  local tools major
  tools="$(rustc --print target-libdir)/../bin"
  [ -x "$tools/llvm-cov" ] || timeout 60 rustup component add llvm-tools 2>/dev/null || true
  [ ! -x "$tools/llvm-cov" ] || return 0
  major="$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')"
  command -v "llvm-cov-$major" >/dev/null || install_packages "llvm-$major" llvm "llvm@$major"
  LLVM_COV="$(command -v "llvm-cov-$major" || command -v llvm-cov)"
  LLVM_PROFDATA="$(command -v "llvm-profdata-$major" || command -v llvm-profdata)"
  export LLVM_COV LLVM_PROFDATA
}

# install_packages DEBIAN FEDORA HOMEBREW: each may be several names; as root, by sudo, or with the line to type.
install_packages() {
  local sudo=""
  [ "$(id -u)" -eq 0 ] || sudo="sudo"
  if command -v apt-get >/dev/null; then
    # One after the other, where several checks run at the same time; $sudo and $1 may be several words, or none.
    # shellcheck disable=SC2086
    flock /etc/apt $sudo apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive flock /etc/apt $sudo apt-get -o DPkg::Lock::Timeout=300 \
      install -y -qq --no-install-recommends $1 >/dev/null
  elif command -v dnf >/dev/null; then
    # shellcheck disable=SC2086
    $sudo dnf install -y -q $2
  elif command -v brew >/dev/null; then
    # shellcheck disable=SC2086
    brew install --quiet $3
  else
    echo "Please install: $1 (Debian), $2 (Fedora) or $3 (Homebrew)" >&2
    return 1
  fi
}

# install_python_tool PROGRAM PACKAGE==VERSION: into an environment of its own; prints where the program is.
install_python_tool() {
  local folder="${CARGO_TARGET_DIR:-target}/tools/$1"
  if [ ! -e "$folder/$2" ]; then
    python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages python3-venv python3 python3 >&2 || return
    { python3 -m venv "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check "$2"; } >&2 || return
    touch "$folder/$2"
  fi
  echo "$folder/bin/$1"
}

# install_python_packages NAME REQUIREMENTS: into an environment of its own; prints where its Python is.
install_python_packages() {
  local folder="${CARGO_TARGET_DIR:-target}/tools/$1"
  if ! cmp -s "$2" "$folder/requirements.txt"; then
    python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages python3-venv python3 python3 >&2 || return
    python3 -m venv "$folder" >&2 || return
    "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$2" >&2 || return
    cp "$2" "$folder/requirements.txt"
  fi
  echo "$folder/bin/python"
}

# start_service BINARY FOLDER: serves a new store in that folder on loopback, and puts its process into `service`, its
# address into `url` and the key of a user into `key`. The caller ends it.
start_service() {
  export TWEETTY_DATABASE_URL="sqlite://$2/tweetty.db" TWEETTY_MEDIA="$2/media"
  "$1" migrate >/dev/null
  key="$("$1" users add ann --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["api_key"])')"
  TWEETTY_BIND=127.0.0.1:0 "$1" serve --json >"$2/said" 2>"$2/log" &
  service=$!
  for _ in $(seq 100); do
    [ -s "$2/said" ] && break
    sleep 0.1
  done
  url="$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["url"])' "$2/said")"
}

# Whether the server programs of a PostgreSQL are here; clients alone are not enough.
has_postgres() {
  [ -n "${TEST_PG_BIN:-}" ] && return 0
  local folder
  for folder in ${PATH//:/ } /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* \
    /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && return 0
  done
  return 1
}

install_postgres() {
  has_postgres || install_packages postgresql "postgresql-server postgresql-contrib" postgresql@17
}

# PgBouncer, for the tests behind a pooler. Its package may start a service that the tests don't need; it is stopped.
install_pgbouncer() {
  PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v pgbouncer >/dev/null && return
  install_packages pgbouncer pgbouncer pgbouncer
  local sudo=""
  [ "$(id -u)" -eq 0 ] || sudo="sudo"
  if [ -d /run/systemd/system ]; then
    $sudo systemctl disable --quiet --now pgbouncer || true
  elif [ -x /etc/init.d/pgbouncer ]; then
    $sudo /etc/init.d/pgbouncer stop >/dev/null || true
  fi
}

# find_browser VARIABLE WHAT NAMES…: the path of the first that there is; the variable may name another.
find_browser() {
  local variable="$1" what="$2" name
  shift 2
  for name in "${!variable:-}" "$@"; do
    [ -n "$name" ] && command -v "$name" && return 0
  done
  echo "no $what found: run scripts/install-test-tools, or name it in $variable" >&2
  return 1
}
# The headless shell is Chromium without the windows around its pages, which tests don't look at: two thirds of the
# processor time.
find_chromium() { find_browser CHROMIUM Chromium chromium-headless-shell chromium chromium-browser google-chrome; }
find_firefox() { find_browser FIREFOX Firefox firefox-esr firefox; }

# The tools that draw and check the documentation, as scripts/docs/package-lock.json pins them.
install_docs_tools() {
  command -v npm >/dev/null || install_packages "nodejs npm" nodejs-npm node
  if [ scripts/docs/package-lock.json -nt scripts/docs/node_modules/.package-lock.json ]; then
    npm ci --prefix scripts/docs --no-fund --no-audit --silent
    touch scripts/docs/node_modules/.package-lock.json
  fi
}

# keep_or_compare --check MADE KEPT SCRIPT: fails where the file in the tree is not what was made; without --check it
# becomes that.
keep_or_compare() {
  if [ "$1" = "--check" ]; then
    diff --unified "$3" "$2" >&2 || { echo "$3 is out of date: run $4 and commit what it writes" >&2; return 1; }
  else
    install -m 644 "$2" "$3"
  fi
}

# postgres_program NAME ARGUMENTS: a client program of the PostgreSQL that the tests use.
postgres_program() {
  if [ -n "${TEST_PG_BIN:-}" ]; then "$TEST_PG_BIN/$1" "${@:2}"; else "$@"; fi
}
