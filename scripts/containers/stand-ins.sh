# Sourced by scripts/check-containers: images that stand in for the official ones where no registry can be reached. They
# are made of Debian's packages and this machine's Rust, carry the very names that our files use, and behave alike in
# what our files rely on. The private engine alone gets them, so that nobody's own images are covered.

stand_in_label=tweetty.stand-in

# Whether Docker's registry answers: without a login it says 401.
registry_answers() {
  case "$(curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' https://registry-1.docker.io/v2/)" in
    200 | 401) return 0 ;;
    *) return 1 ;;
  esac
}

# The images that our files name.
named_images() {
  sed -n 's/^FROM \([^ $]*:[^ ]*\).*/\1/p' docker/Dockerfile
  sed -n 's/^ *image: \([^ $]*\)$/\1/p' docker/compose.yaml docker/compose.dev.yaml | sort -u
}

make_stand_ins() {
  local image recipe
  for image in $(named_images); do
    recipe=$(recipe_of "$image")
    [ "$(docker image inspect --format "{{index .Config.Labels \"$stand_in_label\"}}" "$image" 2>/dev/null)" = "$recipe" ] && continue
    command -v mmdebstrap >/dev/null || install_packages mmdebstrap "" ""
    echo "making a stand-in for $image"
    case "$image" in
      rust:*-slim-bookworm) make_rust "$image" "$recipe" ;;
      postgres:17) make_postgres "$image" "$recipe" ;;
      *)
        echo "there is no registry and no stand-in for $image: add one to scripts/containers/stand-ins.sh" >&2
        return 1
        ;;
    esac
  done
}

# What an image is made by: one that was made otherwise is made anew.
recipe_of() {
  case "$1" in
    rust:*) declare -f debian make_rust image_of && rustc -vV ;;
    *) declare -f debian make_postgres image_of && cat scripts/containers/postgres-entrypoint ;;
  esac | sha256sum | cut -c 1-16
}

# debian RELEASE PACKAGES [OPTION]...: a small Debian as an archive on standard output; apt is set up as on this machine.
debian() {
  local release="$1" packages="$2" apt_options="$state/apt.conf"
  shift 2
  apt-config dump --format '%F "%v";%n' Acquire >"$apt_options"
  mmdebstrap --quiet --variant=minbase --include="$packages" --aptopt="$apt_options" --keyring="$debian_keyring" \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "$@" "$release" - "deb $(debian_mirror) $release main"
}

# This machine's compiler, its certificates and where it gets crates from, at the places of the official image.
make_rust() {
  local sysroot
  sysroot=$(rustc --print sysroot)
  export sysroot
  # shellcheck disable=SC2016 # mmdebstrap sets $1, the root of the new system; the engine knows PATH
  debian bookworm ca-certificates,gcc,libc6-dev \
    --customize-hook='mkdir -p "$1/usr/local/rustup/lib" "$1/usr/local/cargo"' \
    --customize-hook='cp -a "$sysroot/bin" "$1/usr/local/rustup/" && cp -a "$sysroot"/lib/*.so* "$1/usr/local/rustup/lib/"' \
    --customize-hook='cp -a "$sysroot/lib/rustlib" "$1/usr/local/rustup/lib/" && ln -s ../rustup/bin "$1/usr/local/cargo/bin"' \
    --customize-hook='cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"' \
    --customize-hook='for file in "${CARGO_HOME:-$HOME/.cargo}/config.toml"; do [ ! -f "$file" ] || cp "$file" "$1/usr/local/cargo/"; done' |
    image_of "$1" "$2" 'ENV CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:$PATH'
}

make_postgres() {
  # shellcheck disable=SC2016 # as above
  debian trixie postgresql-17 \
    --essential-hook='mkdir -p "$1/etc/postgresql-common" && echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"' \
    --customize-hook='upload scripts/containers/postgres-entrypoint /usr/local/bin/docker-entrypoint.sh' \
    --customize-hook='chmod 755 "$1/usr/local/bin/docker-entrypoint.sh" && mkdir "$1/docker-entrypoint-initdb.d"' \
    --customize-hook='sed -i "s/^#listen_addresses.*/listen_addresses = \x27*\x27/" "$1/usr/share/postgresql/17/postgresql.conf.sample"' \
    --customize-hook='chroot "$1" usermod --uid 999 postgres && chroot "$1" groupmod --gid 999 postgres' \
    --customize-hook='chroot "$1" install -d -o postgres -g postgres -m 1777 /var/lib/postgresql /var/lib/postgresql/data' |
    image_of "$1" "$2" 'ENV PGDATA=/var/lib/postgresql/data LANG=C.UTF-8 PATH=/usr/lib/postgresql/17/bin:$PATH
      RUN install -d -o postgres -g postgres -m 3777 /run/postgresql
      VOLUME /var/lib/postgresql/data
      ENTRYPOINT ["docker-entrypoint.sh"]
      STOPSIGNAL SIGINT
      EXPOSE 5432
      CMD ["postgres"]'
}

# image_of NAME RECIPE DOCKERFILE: makes an image of the archive on standard input.
image_of() {
  docker import - tweetty-stand-in >/dev/null
  docker build --quiet --tag "$1" - >/dev/null <<<"FROM tweetty-stand-in
    ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    LABEL $stand_in_label=$2
    $3"
  docker rmi tweetty-stand-in >/dev/null
}
