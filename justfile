# What can be done here; `just --list` is the manual.

set positional-arguments

compose := "docker compose --file docker/compose.yaml"

# Lists what can be done.
[group('manual')]
default:
    @just --list --unsorted

# Starts tweetty with a demo company on http://127.0.0.1:8080 (API key: test).
[group('run')]
demo *arguments:
    cargo run --release -- serve --demo "$@"

# Builds and starts tweetty without optimisation, on SQLite below ./data: `just dev --bind 127.0.0.1:9000`.
[group('run')]
dev *arguments:
    cargo run -- serve "$@"

# Applies pending migrations to the configured store; to that of the containers: `just tweetty_cli migrate`.
[group('run')]
migrate *arguments:
    cargo run --release -- migrate "$@"

# Prints the OpenAPI document.
[group('run')]
openapi:
    cargo run --quiet --release -- openapi

# Starts tweetty and PostgreSQL in containers; what is there already stays: http://127.0.0.1:8080.
[group('containers')]
up *options:
    {{ compose }} up --detach --wait "$@"

# Stops the containers; the data stays in its volumes.
[group('containers')]
down *options:
    {{ compose }} down "$@"

# Builds the image anew and has it take the place of the running one.
[group('containers')]
rebuild:
    {{ compose }} up --detach --wait --build tweetty

# Shows the logs of tweetty, new lines as they come: `just app-logs --tail 100`.
[group('containers')]
app-logs *options:
    {{ compose }} logs --follow "$@" tweetty

# Runs a command of tweetty in its container: `just tweetty_cli users add ann -f Ann`.
[group('containers')]
tweetty_cli *arguments:
    {{ compose }} exec tweetty tweetty "$@"

# Installs what the tests need and runs every test; arguments select some: `just test feed`.
[group('check')]
test *arguments:
    ./scripts/test "$@"

# Checks formatting, lints and shell scripts.
[group('check')]
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    ./scripts/check-scripts

# Runs the Rust tests and prints which lines they reach; the reports are in target/coverage.
[group('check')]
coverage *arguments:
    ./scripts/coverage "$@"

# Acts the web client in a real browser; screenshots are in target/browser.
[group('check')]
browser:
    ./scripts/install-test-tools
    ./scripts/test-browser

# Measures the release build beside its limits and writes docs/benchmarks.md: `just bench --full`, `just bench --check`.
[group('check')]
bench *arguments:
    ./scripts/bench "$@"

# Breaks things around the release build, as root, and looks for every acknowledged write: `just faults --full`.
[group('check')]
faults *arguments:
    ./scripts/faults "$@"

# Runs jobs of .gitlab-ci.yml on this machine, all of them with --full.
[group('check')]
pipeline *options:
    ./scripts/check-pipeline "$@"

# Builds the image from the sources and runs the stack with a real engine: takes some ten minutes.
[group('check')]
containers *options:
    ./scripts/check-containers "$@"

# Sends four times the load that can be borne, and prints what is left: `just load --quick`.
[group('check')]
load *options:
    ./scripts/load "$@"

# Sends inputs by chance to both stores: `just fuzz 1000`.
[group('check')]
fuzz *arguments:
    ./scripts/fuzz "$@"

# Uploads the pictures of some folders and compares what is kept with Pillow and Chromium: `just pictures --chromium 50 FOLDER`.
[group('check')]
pictures *arguments:
    ./scripts/check-pictures "$@"

# Measures the processor time of uploads beside that of libvips.
[group('check')]
pictures-speed:
    ./scripts/pictures-speed

# Checks links, drawings and tables of the documentation.
[group('check')]
docs:
    ./scripts/check-docs

# Everything that must hold before a change is merged, in one go.
[group('check')]
ci:
    ./.ci/run

# Counts the next version from the commits, writes CHANGELOG.md, commits and tags: `just release --dry-run`, `--push`.
[group('release')]
release *options:
    ./scripts/release "$@"

# Builds the image as the pipeline does; with --push it is pushed, too.
[group('release')]
image *options:
    ./scripts/build-image "$@"

# Has the Dokku of DOKKU_HOST serve an image without a gap: `just deploy registry.example.com/tweetty:0.2.0`.
[group('release')]
deploy image:
    ./deploy/dokku/deploy "$@"

# Has it serve again what served before the last deployment, or the image named.
[group('release')]
rollback *image:
    ./deploy/dokku/rollback "$@"

# Starts the virtual machine for development, with the sources in ~/tweetty and Docker to run them.
[group('stand')]
vm-up:
    cd deploy/stand && vagrant up dev

# Opens a shell in it.
[group('stand')]
vm-connect:
    cd deploy/stand && vagrant ssh dev

# Starts the demo stand: the machines dev, gitlab, backend and frontend, or those named.
[group('stand')]
stand-up *machines:
    cd deploy/stand && vagrant up "$@"

# Stops the machines; with `just stand-down --force` at once.
[group('stand')]
stand-down *options:
    cd deploy/stand && vagrant halt "$@"

# Checks what the stand is made of, without its machines.
[group('stand')]
stand-check:
    ./scripts/check-deploy
