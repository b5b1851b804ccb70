# Sourced by scripts/check-containers: the running stacks.

tidy_up() {
  "${company[@]}" down --volumes --timeout 5 >/dev/null 2>&1 || true
  "${workshop[@]}" down --volumes --timeout 5 >/dev/null 2>&1 || true
  docker rm --force --volumes tweetty-check-demo >/dev/null 2>&1 || true
}

# up STACK...: starts it as a user does, and waits until all is healthy.
up() {
  if ! "$@" --progress quiet up --detach --wait --wait-timeout 120; then
    "$@" logs --no-color >&2
    failed "the stack does not come up"
  fi
  url="http://$("$@" port tweetty 8080)"
  id=$("$@" ps --quiet tweetty)
}

check_stack() {
  local begun media_id
  begun=$(now)
  up "${company[@]}"
  passed "up: both services are healthy, at $url"
  figure "up from nothing, database created" "$(since "$begun")"
  # Users are made as an operator makes them.
  key=$("${company[@]}" exec -T tweetty tweetty users add ann -f Ann -l Lee --json | json 'it["api_key"]')
  passed "a user is made by the command line"
  media_id=$(request --form file=@docs/example.png "$url/api/medias" | json 'it["media_id"]')
  tweet_id=$(request --json "{\"tweet_data\": \"It sails\", \"tweet_media_ids\": [$media_id]}" "$url/api/tweets" | json 'it["tweet_id"]')
  picture=$(request "$url/api/tweets/$tweet_id" | json 'it["tweet"]["attachments"][0]')
  digest=$(request "$url$picture" | sha256sum)
  passed "tweet $tweet_id with an image is posted"
}

check_confinement() {
  local status line
  status=$(docker run --rm --network none --user 65532 --pid "container:$id" --entrypoint cat postgres:17 /proc/1/status)
  for line in 'Name:.tweetty' 'Uid:.65532.65532.65532.65532' 'CapBnd:.0000000000000000' 'NoNewPrivs:.1' 'Seccomp:.2'; do
    grep -q "^$line\$" <<<"$status" || failed "the process's status has no line $line: $status"
  done
  passed "process 1 is tweetty, user 65532, without any capability"
  status=$("${company[@]}" exec -T tweetty tweetty migrate --database-url sqlite:///data/other.db 2>&1) &&
    failed "a file was written outside the volumes"
  grep -qi 'read-only file system' <<<"$status" || failed "another reason than a read-only file system: $status"
  passed "the root file system is read-only"
  [ "$(docker inspect --format '{{.HostConfig.NetworkMode}}' "$("${company[@]}" ps --quiet database)")" = none ] || failed "the database is on a network"
  refused "${company[@]}" exec -T database psql --host 127.0.0.1 --username postgres --command 'SELECT 1' >/dev/null 2>&1 ||
    failed "the database lets the superuser in by TCP"
  refused docker run --rm --network none --user 65532 --volumes-from "$id" --entrypoint psql postgres:17 \
    --username postgres --command 'SELECT 1' >/dev/null 2>&1 || failed "the service's user can be the database's superuser"
  [ "$("${company[@]}" exec -T database psql --tuples-only --no-align --command "SELECT rolsuper FROM pg_roles WHERE rolname = 'tweetty'")" = f ] ||
    failed "tweetty is a superuser of the database"
  passed "the database is on no network, and tweetty is no superuser of it"
  docker logs "$id" 2>&1 |
    python3 -c 'import json, sys; lines = [json.loads(line) for line in sys.stdin]; assert len(lines) > 1, lines; print("ok    each of", len(lines), "lines of the log is JSON")' ||
    failed "the log is not JSON: $(docker logs "$id" 2>&1)"
  figure "memory of tweetty" "$(docker stats --no-stream --format '{{.MemUsage}}' "$id")"
}

check_return() {
  local begun copy
  copy=$(mktemp -d)
  "${company[@]}" exec -T database pg_dump --format=custom --username=tweetty tweetty >"$copy/tweetty.dump"
  "${company[@]}" --progress quiet cp tweetty:/data/media "$copy/media"
  [ "$(head -c 5 "$copy/tweetty.dump")" = PGDMP ] || failed "there is no dump of the rows"
  [ "$(find "$copy/media" -name "${picture##*/}" -exec cat {} + | sha256sum)" = "$digest" ] || failed "the image is not in the copy of the media"
  rm -r "$copy"
  passed "rows and images can be copied while it runs"
  "${company[@]}" --progress quiet down
  begun=$(now)
  up "${company[@]}"
  figure "up again after down" "$(since "$begun")"
  [ "$(request "$url/api/tweets/$tweet_id" | json 'it["tweet"]["content"]')" = "It sails" ] || failed "the tweet is gone"
  [ "$(request "$url$picture" | sha256sum)" = "$digest" ] || failed "the image is not the same"
  passed "after down and up the tweet and its image are there"
  # By the engine's clock: from the start of the process to its line "serving".
  figure "start of tweetty" "$(docker inspect "$id" | json "it[0]['State']['StartedAt']" |
    python3 -c '
import datetime, json, subprocess, sys
moment = lambda text: datetime.datetime.fromisoformat(text.strip()[:26].rstrip("Z") + "+00:00")
started = moment(sys.stdin.read())
log = subprocess.run(["docker", "logs", sys.argv[1]], capture_output=True, text=True, check=True).stderr
serving = next(moment(line["timestamp"]) for line in map(json.loads, log.splitlines()) if line["message"] == "serving")
print(round((serving - started).total_seconds() * 1000), "ms")' "$id")"
}

check_pause() {
  local database
  database=$("${company[@]}" ps --quiet database)
  docker pause "$database" >/dev/null
  within 15 "the database paused: readiness is 503" answers 503 "$url/health/ready"
  answers 200 "$url/health/live" || failed "the process is not alive while the database is paused"
  refused "${company[@]}" exec -T tweetty tweetty healthcheck 2>/dev/null || failed "the health check is content"
  within 40 "the engine sees tweetty unhealthy" health_is unhealthy "$id"
  docker unpause "$database" >/dev/null
  within 15 "the database back: readiness is 200" answers 200 "$url/health/ready"
  within 15 "the engine sees tweetty healthy" health_is healthy "$id"
}

check_stop() {
  local begun
  begun=$(now)
  "${company[@]}" --progress quiet stop tweetty
  [ "$(docker inspect --format '{{.State.ExitCode}}' "$id")" = 0 ] || failed "tweetty does not end in peace"
  docker logs "$id" 2>&1 | tail -n 1 | grep '"stopped"' >/dev/null || failed "the last line of the log is not that it stopped"
  passed "SIGTERM ends process 1 with status 0, in $(since "$begun")"
  "${company[@]}" --progress quiet down --volumes
}

# The image by itself: SQLite, and a demo company, in one volume.
check_demo() {
  local address
  docker run --detach --name tweetty-check-demo --read-only --volume /data --publish 127.0.0.1::8080 "$image" \
    serve --json --demo --demo-anywhere >/dev/null
  within 60 "the image alone serves the demo company" health_is healthy tweetty-check-demo
  address=$(docker port tweetty-check-demo 8080 | head -n 1)
  [ "$(key="test" request "http://$address/api/tweets?limit=5" | json 'len(it["tweets"])')" = 5 ] || failed "the demo has no tweets"
  docker rm --force --volumes tweetty-check-demo >/dev/null
}

check_workshop() {
  local address
  up "${workshop[@]}"
  passed "the stack for development is up, at $url; it finds the database by name"
  address=$("${workshop[@]}" port database 5432)
  docker run --rm --network host --entrypoint psql postgres:17 "postgres://tweetty@$address/tweetty" --quiet --command \
    'SELECT count(*) FROM users' >/dev/null || failed "its database can't be reached from this machine"
  passed "its database is reached from this machine, at $address"
  docker logs "$id" 2>&1 | grep '"level":"DEBUG"' >/dev/null || failed "it does not log in detail"
  "${workshop[@]}" --progress quiet down --volumes
}
