# Sourced by the scripts beside it: where tools are kept, and how packages are installed.

# Python tools live beside the build, so that nothing outside the checkout changes.
# shellcheck disable=SC2034 # read by the scripts that source this file
validators="${CARGO_TARGET_DIR:-target}/tools/python"

# install_packages DEBIAN FEDORA HOMEBREW: each may be several names; as root, by sudo, or with the line to type.
install_packages() {
  local sudo=""
  [ "$(id -u)" -eq 0 ] || sudo="sudo"
  if command -v apt-get >/dev/null; then
    $sudo apt-get update -qq
    # shellcheck disable=SC2086 # several names
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $1 >/dev/null
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

# Prints where a Chromium is, or fails.
find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" && return 0
  done
  echo "no Chromium found: install it (Debian: apt-get install chromium) or name it in CHROMIUM" >&2
  return 1
}

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
