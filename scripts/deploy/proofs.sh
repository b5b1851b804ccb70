# Sourced by scripts/check-deploy: what has to be true of the machines after the playbooks ran.
# shellcheck disable=SC2016 # what stands in single quotes is for a machine

fail() { echo "$1" >&2; exit 1; }
# same WHAT EXPECTED FOUND
same() { [ "$2" = "$3" ] || fail "$1: expected $2, found $3"; }
site=https://tweetty.stand.test

# ask NAME METHOD PATH [CURL'S ARGUMENTS]: status and body's first line from the nginx of a machine, heads in $scratch/heads.
ask() {
  local name="$1" method="$2" path="$3"
  shift 3
  nsenter --net="/run/netns/$wire" curl --silent --show-error --max-time 20 --cacert "$scratch/$name.pem" \
    --resolve "tweetty.stand.test:443:${address[$name]}" --resolve "tweetty.stand.test:80:${address[$name]}" \
    --request "$method" --header "api-key: ${key:-none}" --dump-header "$scratch/heads" --output "$scratch/body" \
    --write-out '%{http_code}' "$@" "$site$path"
}
head_of() { tr -d '\r' <"$scratch/heads" | sed -n "s/^$1: //Ip" | tail -n 1; }
number_of() { grep -o '"'"$1"'":[0-9]*' "$scratch/body" | grep -o '[0-9]*$'; }

prove_unit() {
  local output
  output="$(on "${address[single]}" 'systemd-analyze verify tweetty.service' 2>&1)"
  same "systemd-analyze verify" "" "$output"
  on "${address[single]}" 'systemd-analyze security --no-pager --threshold=20 tweetty.service' | tail -n 1
  same "the service" active "$(on "${address[single]}" 'systemctl is-active tweetty')"
  same "its user" tweetty "$(on "${address[single]}" 'stat --format %U /proc/$(systemctl show --property MainPID --value tweetty)')"
  same "who may read its settings" "600 root" "$(on "${address[single]}" 'stat --format "%a %U" /etc/tweetty/tweetty.env')"
  same "where it keeps its data" "700 tweetty" "$(on "${address[single]}" 'stat --format "%a %U" /var/lib/tweetty')"
  # What the unit denies is denied: seen from a process like it.
  on "${address[single]}" 'tweetty-command --version' | grep -q '^tweetty ' || fail "tweetty-command does not run"
}

# prove_backup STORE: the unit of the nightly backup leaves one that sha256sum finds whole.
prove_backup() {
  same "systemd-analyze verify" "" "$(on "${address[single]}" 'systemd-analyze verify tweetty-backup.service tweetty-backup.timer' 2>&1)"
  on "${address[single]}" 'systemctl start tweetty-backup'
  same "the backup of $1" "whole, of $1" "$(on "${address[single]}" '
    cd "$(ls -d /var/lib/tweetty-backups/*Z | tail -n 1)"
    sha256sum --check --quiet SHA256SUMS && echo "whole, of $(grep -o "\"database\": *\"[a-z]*" backup.json | grep -o "[a-z]*$")"')"
  same "who may read it" "700 tweetty" "$(on "${address[single]}" 'stat --format "%a %U" /var/lib/tweetty-backups')"
  echo "the nightly backup of $1 is whole"
}

# The same unit with SQLite: all that changes is one line of the settings.
prove_sqlite() {
  key="$(on "${address[single]}" '
    set -e
    sed -i "s#^TWEETTY_DATABASE_URL=.*#TWEETTY_DATABASE_URL=sqlite:///var/lib/tweetty/tweetty.db#" /etc/tweetty/tweetty.env
    systemctl stop tweetty
    # The pictures belong to the store on PostgreSQL.
    media="$(sed -n "s#^TWEETTY_MEDIA=##p" /etc/tweetty/tweetty.env)"
    media="${media:-/var/lib/tweetty/media}"
    [ ! -d "$media" ] || mv "$media" "$media-of-postgres"
    systemctl start tweetty
    for _ in $(seq 100); do ! tweetty healthcheck >/dev/null 2>&1 || break; sleep 0.1; done
    tweetty-command users add carol' | grep -o 'tweetty_[A-Za-z0-9_-]*')"
  same "who they are" 200 "$(ask single GET /api/users/me)"
  same "an upload" 201 "$(ask single POST /api/medias --form "file=@docs/example.png")"
  same "the database" "600 tweetty" "$(on "${address[single]}" 'stat --format "%a %U" /var/lib/tweetty/tweetty.db')"
}

prove_nginx() {
  local media person
  on "${address[single]}" 'nginx -t -q'
  on "${address[single]}" 'cat /etc/ssl/tweetty/fullchain.pem' >"$scratch/single.pem"
  key="$(on "${address[single]}" 'tweetty-command users add ann' | grep -o 'tweetty_[A-Za-z0-9_-]*')"

  same "without TLS" 301 "$(nsenter --net="/run/netns/$wire" curl --silent --output /dev/null --write-out '%{http_code}' \
    --header "Host: tweetty.stand.test" "http://${address[single]}/")"
  same "the page" 200 "$(ask single GET /)"
  same "HSTS" "max-age=31536000" "$(head_of Strict-Transport-Security)"
  same "the api-key passes" 200 "$(ask single GET /api/users/me)"
  same "a request's own id" check-1 "$(ask single GET /api/users/me -H 'X-Request-Id: check-1' >/dev/null; head_of X-Request-Id)"

  # A picture of 9 MB: noise doesn't get smaller.
  python3 scripts/deploy/noise.py 1740 >"$scratch/noise.png"
  same "an upload of $(($(stat --format %s "$scratch/noise.png") / 1000)) kB" 201 \
    "$(ask single POST /api/medias --form "file=@$scratch/noise.png")"
  media="$(number_of media_id)"
  same "a tweet with it" 201 "$(ask single POST /api/tweets -H 'Content-Type: application/json' \
    --data "{\"tweet_data\": \"through nginx\", \"tweet_media_ids\": [$media]}")"
  same "the feed" 200 "$(ask single GET '/api/tweets?limit=1')"
  media="$(grep -o '/media/[^"]*' "$scratch/body" | head -n 1)"
  for cached in MISS HIT; do
    same "the picture" 200 "$(ask single GET "$media")"
    same "the cache of pictures" "$cached" "$(head_of X-Cache-Status)"
    same "how long a browser keeps it" "public, max-age=31536000, immutable" "$(head_of Cache-Control)"
    same "its type" image/png "$(head_of Content-Type)"
  done

  head -c 11600000 /dev/zero >"$scratch/large"
  same "an upload that is too large" 413 "$(ask single POST /api/medias --form "file=@$scratch/large")"
  same "what is said then" payload_too_large "$(sed 's/.*"error_type":"\([a-z_]*\)".*/\1/' "$scratch/body")"

  on "${address[single]}" 'tweetty-command users add bob' >/dev/null
  same "people" 200 "$(ask single GET '/api/users?query=bob')"
  person="$(number_of id | head -n 1)"
  same "a follow" 201 "$(ask single POST "/api/users/$person/follow")"
  same "an unfollow by the old address" 200 "$(ask single DELETE "/api/tweets/$person/follow")"
  same "whom they follow then" 200 "$(ask single GET /api/users/me)"
  same "how many" 0 "$(number_of following_count)"
  same "another method there" 404 "$(ask single POST "/api/tweets/$person/follow")"

  # Who calls is known behind nginx: a stranger who guesses keys is stopped, whatever headers it sends.
  for _ in $(seq 60); do
    [ "$(key=none ask single GET /api/users/me -H 'X-Forwarded-For: 127.0.0.1')" != 429 ] || break
  done
  same "guessing keys" rate_limited "$(sed 's/.*"error_type":"\([a-z_]*\)".*/\1/' "$scratch/body")"

  on "${address[single]}" 'systemctl stop tweetty'
  same "while tweetty is stopped" 503 "$(ask single GET /api/users/me)"
  same "when to come back" 5 "$(head_of Retry-After)"
  on "${address[single]}" 'systemctl start tweetty'
}

prove_stand() {
  local commands
  # Docker is the real one.
  on "${address[dev]}" 'docker info --format "{{.ServerVersion}} {{.LoggingDriver}}"; docker compose version --short; just --version' | xargs
  on "${address[dev]}" 'sudo -u vagrant docker ps --quiet' >/dev/null
  on "${address[dev]}" 'grep -q ^UUID= <(blkid --output export /swapfile)'

  # What Dokku was asked, word by word; plugins first, then the app.
  commands="$(on "${address[backend]}" 'cat /var/lib/dokku/commands')"
  diff --unified - <(echo "$commands") <<'COMMANDS'
plugin:install-dependencies --core
plugin:install https://github.com/dokku/dokku-postgres.git --name postgres
ssh-keys:add pipeline ssh-ed25519
apps:create tweetty
postgres:create tweetty-database --image-version 17
domains:set tweetty tweetty.stand.test
ports:set tweetty http:80:8080
storage:mount tweetty /var/lib/dokku/data/storage/tweetty:/data/media
postgres:link tweetty-database tweetty --alias TWEETTY_DATABASE
config:set --no-restart tweetty TWEETTY_TRUST_FORWARDED_FOR=true
nginx:set tweetty client-max-body-size 11m
docker-options:add tweetty deploy --read-only --cap-drop=ALL --security-opt=no-new-privileges
COMMANDS
  same "whose the pictures are" "65532 750" "$(on "${address[backend]}" 'stat --format "%u %a" /var/lib/dokku/data/storage/tweetty')"

  # GitLab's settings are Ruby, and the runner was registered once.
  on "${address[gitlab]}" 'grep -qx reconfigure /var/log/gitlab-ctl'
  same "runners" 1 "$(on "${address[gitlab]}" 'grep -c "^\[\[runners" /etc/gitlab-runner/config.toml')"

  # Through both machines: where nobody serves yet, and where tweetty stands in for Dokku's container.
  on "${address[frontend]}" 'cat /etc/ssl/tweetty/fullchain.pem' >"$scratch/frontend.pem"
  same "before the first deployment" 502 "$(ask frontend GET /health/ready)"
  nsenter --net="/run/netns/$wire" scp -q "${ssh_options[@]}" -i "$scratch/key" "$scratch/tweetty" "vagrant@${address[backend]}:/tmp/tweetty"
  on "${address[backend]}" 'systemd-run --quiet --working-directory=/tmp --property=Restart=on-failure /tmp/tweetty serve
    for _ in $(seq 100); do /tmp/tweetty healthcheck >/dev/null 2>&1 && break; sleep 0.1; done'
  same "the page through both machines" 200 "$(ask frontend GET /)"
  same "its health" 200 "$(ask frontend GET /health/ready)"
  # Dokku's nginx knows the caller, not the frontend.
  same "who called, to the backend" 192.168.56.1 "$(on "${address[backend]}" 'tail -n 1 /var/log/nginx/tweetty-access.log | cut -d" " -f1')"
}
