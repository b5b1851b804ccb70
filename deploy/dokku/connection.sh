# Sourced by the scripts beside it: how Dokku is spoken to, and how an image is put in the place of another.
#
#   DOKKU_HOST          its machine
#   DOKKU_APP           the app (tweetty)
#   DOKKU_SSH_KEY       a file with the private key that may deploy; without it that of the user or of the agent
#   DOKKU_KNOWN_HOSTS   a file with the machine's host key (ssh-keyscan prints it); without it that of the user
#   REGISTRY_SERVER, REGISTRY_USER, REGISTRY_PASSWORD    where Dokku has to sign in to pull the image

: "${DOKKU_HOST:?name the machine of Dokku, as in DOKKU_HOST=dokku.example.com}"
app="${DOKKU_APP:-tweetty}"
PLACE=(-o BatchMode=yes -o ConnectTimeout=15 -o ServerAliveInterval=30 -o StrictHostKeyChecking=yes)
[ -z "${DOKKU_KNOWN_HOSTS:-}" ] || PLACE+=(-o "UserKnownHostsFile=$DOKKU_KNOWN_HOSTS")
if [ -n "${DOKKU_SSH_KEY:-}" ]; then
  # Pipelines keep files open to all, which ssh refuses.
  chmod 600 "$DOKKU_SSH_KEY"
  PLACE+=(-o IdentitiesOnly=yes -i "$DOKKU_SSH_KEY")
fi

fail() { echo "$0: $1" >&2; exit 1; }

# shellcheck disable=SC2029 # what it is given is for the other side as it stands here
dokku() { ssh "${PLACE[@]}" "dokku@$DOKKU_HOST" "$@"; }

# What we have noted at the app: DEPLOYED_IMAGE serves now, PREVIOUS_IMAGE served before it. Dokku's own note of the
# image also changes when a deployment fails.
noted() { dokku config:get "$app" "$1" </dev/null || true; }

# Nothing that ssh passes on to a shell there may mean more than itself.
is_image() { [[ "$1" =~ ^[a-zA-Z0-9][a-zA-Z0-9._:/@-]*$ ]]; }

# put_image IMAGE: has it serve. Dokku asks the new container for its health first; if that fails the old one stays.
put_image() {
  local before
  before="$(noted DEPLOYED_IMAGE)"
  if [ -n "${REGISTRY_USER:-}" ]; then
    dokku registry:login --password-stdin "$app" "${REGISTRY_SERVER:?}" "$REGISTRY_USER" <<< "${REGISTRY_PASSWORD:?}" >/dev/null
  fi
  # Dokku takes an image that it has tried already, with success or without, for no change.
  if [ "$(dokku git:report "$app" --git-source-image </dev/null || true)" = "$1" ]; then
    dokku ps:rebuild "$app" </dev/null
  else
    dokku git:from-image "$app" "$1" </dev/null
  fi || fail "$1 does not serve; what served before still does. See: ssh dokku@$DOKKU_HOST logs:failed $app"
  if [ "$before" = "$1" ]; then
    return
  fi
  dokku config:set --no-restart "$app" "DEPLOYED_IMAGE=$1" ${before:+"PREVIOUS_IMAGE=$before"} </dev/null >/dev/null
}
