# Sourced by scripts/check-deploy: machines to try playbooks on. Each is a container of systemd-nspawn with systemd as
# its first process, on a network of its own with the addresses of the stand; what it writes is forgotten when it stops.
# The base is what a Vagrant box is: Debian, Python, a user vagrant who comes in by ssh and may do everything by sudo.

wire="tweetty-$$"
suite=trixie
base="$cache/$suite"
boot_log="$scratch/boot"
# Fetched once for all machines; they install what they want by themselves.
fetched=(docker.io docker-cli docker-compose docker-buildx git just nginx openssl postgresql curl python3-debian
  unattended-upgrades ruby adduser)

# in_base COMMAND: changes the base itself, with our own network.
in_base() {
  systemd-nspawn --quiet --pipe --register=no --keep-unit --resolv-conf=bind-host --directory="$base" \
    env DEBIAN_FRONTEND=noninteractive "$@" 2> >(grep -v '^Attempted to remove disk file system' >&2)
}

make_base() {
  if [ ! -f "$base.made" ]; then
    rm -rf "$base"
    # shellcheck disable=SC2016 # $1 is mmdebstrap's
    mmdebstrap --quiet --variant=minbase --skip=cleanup/apt \
      --include=systemd-sysv,dbus,libpam-systemd,libnss-systemd,libnss-myhostname,python3,sudo,openssh-server,ca-certificates,iproute2 \
      --aptopt='Acquire::Languages "none"' --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/man/*' \
      --customize-hook='chroot "$1" useradd --create-home --shell /bin/bash vagrant' \
      --customize-hook='echo "vagrant ALL=(ALL) NOPASSWD: ALL" >"$1/etc/sudoers.d/vagrant"' \
      --customize-hook='install -d -o 1000 -g 1000 -m 700 "$1/home/vagrant/.ssh"' \
      --customize-hook='rm "$1/etc/hostname"' \
      --customize-hook='echo nameserver 192.168.56.3 >"$1/etc/resolv.conf"' \
      "$suite" "$base"
  elif [ -n "$(find "$base.made" -mmin -1440)" ]; then
    return
  fi
  in_base apt-get -qq update
  in_base apt-get -qq --yes --no-install-recommends --download-only install "${fetched[@]}" >/dev/null
  touch "$base.made"
}

# A network of nobody else, with a way out for packages (.2) and names (.3), and us at .1.
make_wire() {
  ip netns add "$wire"
  ip -n "$wire" link set lo up
  ip -n "$wire" link add bridge0 type bridge
  ip -n "$wire" address add 192.168.56.1/24 dev bridge0
  ip -n "$wire" link set bridge0 up
  # Open here, too, or what it says is lost where it says it before anybody listens.
  mkfifo "$scratch/ready"
  local ready
  exec {ready}<>"$scratch/ready"
  slirp4netns --netns-type=path --cidr=192.168.56.0/24 --disable-host-loopback --ready-fd=3 \
    "/run/netns/$wire" tap0 3>&"$ready" >"$scratch/slirp.log" 2>&1 &
  timeout 60 head -c 1 <&"$ready" >/dev/null || { cat "$scratch/slirp.log" >&2; return 1; }
  exec {ready}>&-
  ip -n "$wire" link set tap0 master bridge0 up
  ssh-keygen -q -t ed25519 -N "" -C check -f "$scratch/key"
}

# start_machine NAME ADDRESS [ARGUMENTS of systemd-nspawn]
start_machine() {
  local name="$1" address="$2"
  shift 2
  ip netns add "$wire-$name"
  ip -n "$wire" link add "to-$name" type veth peer name eth0 netns "$wire-$name"
  ip -n "$wire" link set "to-$name" master bridge0 up
  ip -n "$wire-$name" link set lo up
  ip -n "$wire-$name" address add "$address/24" dev eth0
  ip -n "$wire-$name" link set eth0 up
  ip -n "$wire-$name" route add default via 192.168.56.2
  # Docker wants it, and a container can't change it.
  nsenter --net="/run/netns/$wire-$name" sysctl --quiet --write net.ipv4.ip_forward=1
  # In the machine there is but one tree of cgroups, as systemd wants it, whatever the host has.
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --quiet --directory="$base" --volatile=overlay --boot \
    --machine="$wire-$name" --hostname="$name" --register=no --keep-unit --console=read-only --link-journal=no \
    --network-namespace-path="/run/netns/$wire-$name" --resolv-conf=off --capability=CAP_NET_ADMIN --private-users=no \
    --system-call-filter="@keyring bpf" --bind-ro="$scratch/key.pub:/home/vagrant/.ssh/authorized_keys" \
    "$@" >"$boot_log-$name.log" 2>&1 &
  names+=("$name")
}

on() { # on ADDRESS COMMAND: as root
  nsenter --net="/run/netns/$wire" ssh "${ssh_options[@]}" -i "$scratch/key" "vagrant@$1" sudo bash -c "$(printf '%q' "$2")"
}

# wait_for_machine ADDRESS: until all that starts with it has started.
wait_for_machine() {
  local state
  for _ in $(seq 100); do
    state="$(on "$1" 'systemctl is-system-running --wait || true' 2>/dev/null || true)"
    [ "$state" != running ] || return 0
    sleep 0.2
  done
  echo "the machine $1 does not start: $state" >&2
  on "$1" 'systemctl --failed' >&2
  return 1
}

# Nothing in them is worth an orderly end.
stop_machines() {
  local name job
  for job in $(jobs -pr); do
    # First what runs in it: it would outlive the one who watches it.
    pkill -KILL --parent "$job" 2>/dev/null || true
    kill -KILL "$job" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  for name in "${names[@]/#/$wire-}" "$wire"; do ip netns delete "$name" 2>/dev/null || true; done
}
