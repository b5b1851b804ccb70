# Sourced by scripts/check-containers: how it says what it has seen, and how it speaks to the service.

passed() { printf 'ok    %s\n' "$*"; }

failed() {
  printf 'FAIL  %s\n' "$*" >&2
  exit 1
}

figure() { printf '      %-52s %s\n' "$1" "$2"; }

now() { date +%s%N; }

# since NANOSECONDS: the time gone by, in seconds.
since() { printf '%d.%02d s' $((($(now) - $1) / 1000000000)) $((($(now) - $1) / 10000000 % 100)); }

# within SECONDS WHAT COMMAND...: tries until the command succeeds.
within() {
  local patience="$1" what="$2" end
  shift 2
  end=$((SECONDS + patience))
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || failed "not within $patience s: $what"
    sleep 0.2
  done
  passed "$what"
}

refused() { ! "$@"; }

# json EXPRESSION: evaluates Python over the document on standard input, which is called `it`.
json() { python3 -c 'import json, sys; it = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }

# get and post PATH [CURL OPTION]...: with the key of the first user; the answer on standard output.
request() { on_engine_network curl --silent --show-error --fail-with-body --max-time 20 --header "api-key: ${key:-}" "$@"; }

status_of() { on_engine_network curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' "$1" || true; }

answers() { [ "$(status_of "$2")" = "$1" ]; }

health_is() { [ "$(docker inspect --format '{{.State.Health.Status}}' "$2")" = "$1" ]; }
