# Sourced by scripts/check-containers: an engine that runs containers, found or started.
# The private one lives in a network namespace of its own, so that no port, bridge or firewall rule of this machine is
# touched; its images and layers stay below the cache for the next run.

cache="${XDG_CACHE_HOME:-$HOME/.cache}/tweetty/docker"
private_engine=""

# Runs a command where the published ports are.
on_engine_network() {
  if [ -n "$private_engine" ]; then nsenter --net="/proc/$network/ns/net" "$@"; else "$@"; fi
}

find_engine() {
  if docker info >/dev/null 2>&1; then
    docker compose version >/dev/null || { echo "docker runs, but docker compose is missing: install it" >&2; return 1; }
    return
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "no container engine runs, and only root can start one: start Docker, or run this as root" >&2
    return 1
  fi
  install_engine
  start_engine
}

# Nothing may be started by the installation: RUNLEVEL=1 keeps Debian's packages from it.
install_engine() {
  local missing="" tool
  for tool in dockerd:docker.io slirp4netns:slirp4netns iptables:iptables curl:curl flock:util-linux ip:iproute2; do
    command -v "${tool%:*}" >/dev/null || missing="$missing ${tool#*:}"
  done
  # Debian 13 has the client in a package of its own.
  if ! command -v docker >/dev/null && apt-cache show docker-cli >/dev/null 2>&1; then missing="$missing docker-cli"; fi
  [ -z "$missing" ] || RUNLEVEL=1 install_packages "$missing" "" ""
  mkdir -p "$cache/config/cli-plugins"
  export DOCKER_CONFIG="$cache/config"
  if ! docker compose version >/dev/null 2>&1 || ! docker buildx version >/dev/null 2>&1; then install_plugins; fi
}

# Debian 12 has neither compose nor buildx as plugins; those of Debian 13 run on it.
install_plugins() {
  local plugins="$cache/plugins" package
  mkdir -p "$plugins"
  (
    cd "$plugins"
    debian_packages_of trixie docker-compose docker-buildx
    for package in ./*.deb; do dpkg -x "$package" .; done
    rm ./*.deb
  )
  ln -sf "$plugins"/usr/libexec/docker/cli-plugins/* "$cache/config/cli-plugins/"
}

# Downloads packages of another release from where this machine gets its own.
debian_packages_of() {
  local release="$1" apt="$cache/apt" options
  shift
  mkdir -p "$apt/lists/partial" "$apt/archives/partial"
  echo "deb [signed-by=$debian_keyring] $(debian_mirror) $release main" >"$apt/sources.list"
  options=(-o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$apt/lists"
    -o "Dir::Cache=$apt" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" -qq update
  apt-get "${options[@]}" -qq download "$@"
  rm -r "$apt"
}

debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

debian_mirror() {
  local mirror
  # shellcheck disable=SC2016 # apt-get's
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | grep -v security | head -n 1)
  echo "${mirror:-http://deb.debian.org/debian}"
}

start_engine() {
  mkdir -p "$cache/data"
  exec {engine_lock}>"$cache/lock"
  flock --wait 600 "$engine_lock" || { echo "another run has held $cache for ten minutes" >&2; return 1; }
  state=$(mktemp -d)
  trap stop_engine EXIT
  # What is older than a few builds goes.
  echo '{"builder": {"gc": {"enabled": true, "defaultKeepStorage": "6GB"}}}' >"$state/daemon.json"

  # Nothing of it outlives this script, however it ends.
  local mortal=(setpriv --pdeathsig TERM)
  "${mortal[@]}" unshare --net sleep infinity {engine_lock}>&- &
  network=$!
  until [ "$(readlink "/proc/$network/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
    kill -0 "$network" || { echo "no engine runs, and none may be started here: no network namespaces" >&2; return 1; }
    sleep 0.1
  done
  "${mortal[@]}" slirp4netns --configure --mtu=65520 --disable-host-loopback "$network" tap0 >"$state/network.log" 2>&1 {engine_lock}>&- &
  outlet=$!
  private_engine="unix://$state/docker.sock"
  # Not by the function above: a signal to a function in the background ends its shell and not what it runs.
  "${mortal[@]}" nsenter --net="/proc/$network/ns/net" dockerd --config-file "$state/daemon.json" \
    --data-root "$cache/data" --exec-root "$state/run" --pidfile "$state/docker.pid" --host "$private_engine" \
    --dns 10.0.2.3 >"$cache/engine.log" 2>&1 {engine_lock}>&- &
  daemon=$!
  export DOCKER_HOST="$private_engine"
  local waited=0
  until docker info >/dev/null 2>&1; do
    if ! kill -0 "$daemon" 2>/dev/null || [ "$waited" -ge 60 ]; then
      echo "the private engine does not start; the end of its log:" >&2
      tail -n 20 "$cache/engine.log" >&2
      return 1
    fi
    sleep 1
    waited=$((waited + 1))
  done
}

stop_engine() {
  local process
  for process in "${daemon:-}" "${outlet:-}" "${network:-}"; do
    [ -n "$process" ] || continue
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  # Left by containers without a network.
  umount "$state"/run/netns/* 2>/dev/null || true
  rm -rf "$state"
}
